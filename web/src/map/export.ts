import type { Map, MapNumbers } from '../api/map.ts'
import { lanesOf } from './edit.ts'
import { download, fileName } from '../lib/download.ts'

/** The map as a table: one line per step, measured and written lanes side by side. */
export function mapCsv(map: Map, numbers: MapNumbers): string {
  const written = lanesOf(map).filter((it) => it.cells !== undefined)
  const head = [
    'stage',
    'step',
    'id',
    'people',
    'share',
    'reach_median_ms',
    'reach_p90_ms',
    'leave_median_ms',
    'leave_p90_ms',
    'exits',
    'returns',
    'channels',
    ...written.map((it) => it.kind),
  ]
  const rows = map.stages.flatMap((stage) =>
    stage.steps.map((step) => {
      const own = numbers.steps.find((it) => it.step === step.id)
      return [
        stage.title,
        step.title,
        step.id,
        own?.people,
        own?.share,
        own?.reach?.median_ms,
        own?.reach?.p90_ms,
        own?.leave?.median_ms,
        own?.leave?.p90_ms,
        own?.exits,
        own?.returns,
        own?.channels.map((it) => `${it.channel} ${it.people}`).join('; '),
        ...written.map((it) => it.cells?.[step.id]),
      ]
    }),
  )
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')
}

/** One cell. A text that a spreadsheet would run as a formula is disarmed. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function downloadCsv(map: Map, numbers: MapNumbers): void {
  // The mark tells spreadsheets that the file is UTF-8, or Chinese names turn to noise.
  download(fileName(map.title, 'map', 'csv'), new Blob(['\uFEFF', mapCsv(map, numbers)], { type: 'text/csv' }))
}

export function downloadJson(map: Map): void {
  download(fileName(map.title, 'map', 'json'), new Blob([JSON.stringify(map, null, 2)], { type: 'application/json' }))
}

import { useQuery } from '@tanstack/react-query'
import { mapQuery } from '../api/map.ts'
import type { NumberForm, TargetOf } from '../api/target.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'

/** Numbers of which everybody may read the name; others stand as the server calls them. */
const figures = [
  'events', 'profiles', 'accounts', 'entered', 'converted', 'reached', 'median_time', 'times', 'ways', 'stays', 'still_in', 'conversions', 'credit', 'share', 'started', 'back',
  'active', 'new', 'returning', 'resurrecting', 'dormant', 'before', 'after', 'gained', 'gone', 'left', 'lost_per_month', 'lost', 'median_wait', 'still_waiting',
  'median_work', 'still_in_work', 'customers', 'purchases', 'worth', 'value',
] as const

/** Writes a number in its form. */
export function useNumberWords(): (value: number | null | undefined, form: NumberForm) => string {
  const format = useFormat()
  return (value, form) => {
    if (value == null) return '–'
    if (form === 'share') return format.share(value)
    if (form === 'span') return format.span(value)
    return form === 'count' ? format.count(value) : format.amount(value)
  }
}

/** What a number is called. */
export function useTargetName(of: TargetOf): string {
  const text = useText()
  const { id: ws } = useWorkspace()
  const mapId = 'step' in of ? of.step.map : ''
  const { data: map } = useQuery({ ...mapQuery(ws, mapId), enabled: mapId !== '', retry: false })
  if ('series' in of) return text('target.level', { series: of.series.series })
  if ('figure' in of) {
    const known = figures.find((it) => it === of.figure.figure)
    return known === undefined ? of.figure.figure : text(`target.figure.${known}`)
  }
  const steps = map?.map.stages.flatMap((stage) => stage.steps) ?? []
  const step = steps.find((it) => it.id === of.step.step)?.title ?? of.step.step
  return text('target.ofStep', { step, number: text(`target.step.${of.step.number}`) })
}

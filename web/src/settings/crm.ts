import type { CrmPreview, CrmPreviewedValue, CrmRule, CrmRun, CrmSettings, CrmValue } from '../api/crm.ts'
import type { Format } from '../i18n/use-format.ts'
import type { Text } from '../i18n/use-text.ts'

/** What can be written of a person. */
export const whats = ['trait', 'stage', 'stage_since', 'segment'] as const
export type What = (typeof whats)[number]

/** Who leads. */
export const leaders = ['ours', 'theirs', 'newest'] as const

/** What is written, and the name of the trait or the id of the map or the segment. */
export function partsOf(value: CrmValue): { readonly what: What; readonly name: string } {
  if ('trait' in value) return { what: 'trait', name: value.trait }
  if ('stage' in value) return { what: 'stage', name: value.stage }
  if ('stage_since' in value) return { what: 'stage_since', name: value.stage_since }
  return { what: 'segment', name: value.segment }
}

export function valueOf(what: What, name: string): CrmValue {
  switch (what) {
    case 'trait':
      return { trait: name }
    case 'stage':
      return { stage: name }
    case 'stage_since':
      return { stage_since: name }
    case 'segment':
      return { segment: name }
  }
}

export function rulesOf(settings: CrmSettings): readonly CrmRule[] {
  return settings.rules ?? []
}

export function withRule(settings: CrmSettings, index: number, rule: CrmRule): CrmSettings {
  return { ...settings, rules: rulesOf(settings).map((it, at) => (at === index ? rule : it)) }
}

export function withoutRule(settings: CrmSettings, index: number): CrmSettings {
  return { ...settings, rules: rulesOf(settings).filter((_, at) => at !== index) }
}

export function withNewRule(settings: CrmSettings): CrmSettings {
  return { ...settings, rules: [...rulesOf(settings), { what: { trait: '' }, property: '', leads: 'ours' }] }
}

const spans = { '5m': 5, '15m': 15, '1h': 60, '6h': 360, '1d': 1_440 } as const

/** Spans between runs that are offered, with the one that holds. */
export function spansOffered(every: string, format: Pick<Format, 'span'>): readonly { readonly value: string; readonly label: string }[] {
  const usual = Object.entries(spans).map(([value, minutes]) => ({ value, label: format.span(minutes * 60_000) }))
  return every in spans ? usual : [...usual, { value: every, label: every }]
}

/** How the last run ended and what it did, in sentences. */
export function runWords(run: CrmRun, format: Pick<Format, 'moment' | 'count'>, text: Text): string {
  const { counts } = run
  const numbers = {
    written: format.count(counts.written),
    changed: format.count(counts.changed + counts.created),
    looked: format.count(counts.looked),
    kept: format.count(counts.kept),
    conflicts: format.count(counts.conflicts),
    refused: format.count(counts.refused),
    unknown: format.count(counts.unknown),
    withheld: format.count(counts.withheld),
  }
  return `${format.moment(run.ended)}: ${text(`crm.outcome.${run.outcome}`)} ${text('crm.counts', numbers)}`
}

/** What becomes of one value. */
export function verdictWords(value: CrmPreviewedValue, text: Text): string {
  return text(`crm.verdict.${value.verdict ?? 'unfit'}`)
}

/** Whether a preview has anything to show beyond how it ended. */
export function hasLooks(preview: CrmPreview): boolean {
  return preview.looked.length > 0
}

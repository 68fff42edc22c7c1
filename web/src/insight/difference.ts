import type { Difference, DifferenceMove } from '../api/difference.ts'
import type { Funnel } from '../api/funnel.ts'
import type { ReportEntry, StoredReport } from '../api/report.ts'
import { isSame } from '../lib/same.ts'
import { applyPreset, presetOf, presets } from './funnel-presets.ts'

/** The two funnels, of which one or both may still have to be chosen. */
export type DifferenceAsk = Partial<Difference>

export type Side = 'from' | 'to'

/** What a side can be: a product's way to count the other side, or a saved funnel. */
export type SideChoice = `preset:${(typeof presets)[number]}` | `saved:${string}` | 'own'

/** The present funnel beside a product that counts it otherwise. */
export function differenceOf(funnel: Funnel): Difference {
  const { times: _, ...counted } = funnel
  return { from: applyPreset(counted, presetOf(funnel) === 'posthog' ? 'throughline' : 'posthog'), to: counted }
}

export function isWhole(ask: DifferenceAsk): ask is Difference {
  return ask.from !== undefined && ask.to !== undefined && ask.from.steps.length > 0 && ask.to.steps.length > 0
}

/** The saved reports that are funnels. */
export function funnelsOf(reports: readonly ReportEntry[]): readonly ReportEntry[] {
  return reports.filter((it) => it.kind === 'funnel')
}

/** Which choice a side is, when it was chosen of a list. */
export function choiceOf(ask: DifferenceAsk, side: Side, saved: readonly Pick<StoredReport, 'id' | 'report'>[]): SideChoice {
  const own = ask[side]
  const other = ask[side === 'from' ? 'to' : 'from']
  if (own === undefined) return 'own'
  const found = saved.find((it) => it.report.kind === 'funnel' && isSame({ ...own, kind: 'funnel' }, it.report))
  if (found !== undefined) return `saved:${found.id}`
  const preset = other === undefined ? undefined : presets.find((it) => isSame(applyPreset(other, it), own))
  return preset === undefined ? 'own' : `preset:${preset}`
}

/** One change as it is drawn: who stays, who goes, and who comes. */
export type MoveRow = {
  readonly at: number
  readonly fields: readonly string[]
  readonly before: Funnel
  readonly after: Funnel
  readonly kept: number
  readonly gained: number
  readonly lost: number
  readonly count: number
  readonly units: number
}

export type Measure = 'converted' | 'entered'

type Numbers = { readonly moves: readonly DifferenceMove[] }

export function moveRows(from: Funnel, { moves }: Numbers, measure: Measure): readonly MoveRow[] {
  return moves.map((it, index) => {
    const gained = it.moved[`${measure}_gained`]
    const count = it.standing[measure].profiles
    return {
      at: index + 1,
      fields: it.fields,
      before: moves[index - 1]?.funnel ?? from,
      after: it.funnel,
      gained,
      lost: it.moved[`${measure}_lost`],
      kept: count - gained,
      count,
      units: it.standing[measure].units,
    }
  })
}

/** What a field is called: steps by their number, all else by name. */
export function fieldKey(field: string): { readonly key: string; readonly step: number | null } {
  const step = /^steps\[(\d+)\]$/.exec(field)
  return step === null ? { key: field, step: null } : { key: 'step', step: Number(step[1]) }
}

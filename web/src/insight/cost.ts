import type { CreditLine } from '../api/attribution.ts'
import type { CostTotal, PaidFor } from '../api/cost.ts'
import type { Label } from '../api/funnel.ts'

/** One for each of the other; none where there is none of it. */
export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/** Which number of cost and credit is shown. */
export const costShows = ['each', 'return'] as const
export type CostShow = (typeof costShows)[number]

/** One line of what was paid: for touches, or for what no touch has. */
export type CostRow = { readonly label: Label; readonly paid: PaidFor; readonly line: CreditLine | null }

/** All that was paid: the dearest line first, and last what no touch has. */
export function costRows(lines: readonly CreditLine[], total: CostTotal): CostRow[] {
  const met = lines.flatMap((line) => (line.cost == null ? [] : [{ label: line.label, paid: line.cost, line }]))
  met.sort((one, other) => other.paid.amount - one.paid.amount)
  return [...met, ...total.without_touch.map(({ label, paid }) => ({ label, paid, line: null }))]
}

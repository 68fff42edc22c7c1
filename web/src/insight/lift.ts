import type { Lift, LiftArm, LiftArms, LiftCost, LiftDifference, LiftLine, LiftSelect } from '../api/lift.ts'
import { takesAll } from '../ui/matcher.ts'

export const armKinds = ['field', 'trait', 'people'] as const
export type ArmKind = (typeof armKinds)[number]

/** What splits people. */
export function kindOfArms(arms: LiftArms): ArmKind {
  if ('field' in arms) return 'field'
  return 'trait' in arms ? 'trait' : 'people'
}

/** What a split begins with when its kind is chosen. */
export function startOfArms(kind: ArmKind): LiftArms {
  switch (kind) {
    case 'field':
      return { field: { field: '', control: '' } }
    case 'trait':
      return { trait: { name: '', control: '' } }
    case 'people':
      return { people: { treated: { all: [] } } }
  }
}

export const costKinds = ['none', 'person', 'contact', 'campaigns'] as const
export type CostKind = (typeof costKinds)[number]

/** What the treatment is paid by. */
export function kindOfCost(cost: LiftCost | null | undefined): CostKind {
  if (cost == null) return 'none'
  if ('campaigns' in cost) return 'campaigns'
  return cost.each.contact == null ? 'person' : 'contact'
}

/** What is missing before the question can be asked. */
export type Lack = 'assigned' | 'arms' | 'goal' | 'cost'

export function lackOf(lift: Lift): Lack | null {
  if (takesAll(lift.assigned)) return 'assigned'
  if (!isSplit(lift.arms)) return 'arms'
  if (takesAll(lift.goal)) return 'goal'
  return isCostKnown(lift.cost) ? null : 'cost'
}

function isSplit(arms: LiftArms): boolean {
  if ('field' in arms) return arms.field.field !== '' && arms.field.control !== ''
  if ('trait' in arms) return arms.trait.name !== '' && arms.trait.control !== ''
  const { treated } = arms.people
  return !('all' in treated && treated.all.length === 0)
}

function isCostKnown(cost: LiftCost | null | undefined): boolean {
  if (cost == null) return true
  return 'campaigns' in cost ? cost.campaigns.length > 0 : isAmount(cost.each.amount) && (cost.each.contact == null || !takesAll(cost.each.contact))
}

/** Whether a text is an amount that the server reads. */
export function isAmount(words: string): boolean {
  return /^\d+(\.\d{1,6})?$/.test(words.trim())
}

/** Names the profiles behind a number. */
export function profilesOf(lift: Lift) {
  const of = { report: { kind: 'lift' as const, ...lift } }
  return (title: string, select: LiftSelect) => ({ of, title, select: { kind: 'lift', ...select } })
}

/** Names an arm among others. */
export function armKey(arm: LiftArm): string {
  return JSON.stringify(arm)
}

export const measures = ['reached', 'visits', 'value'] as const
export type Measure = (typeof measures)[number]

/** One measure of one arm against the control. */
export type EffectRow = { readonly line: LiftLine; readonly measure: Measure; readonly it: LiftDifference; readonly isSmall: boolean }

/** The measures of all arms, those of one measure side by side. */
export function effectRows(arms: readonly LiftLine[]): readonly EffectRow[] {
  return measures.flatMap((measure) =>
    arms.flatMap((line) => {
      const it = line.effect?.[measure]
      return line.effect == null || it == null ? [] : [{ line, measure, it, isSmall: line.effect.is_small }]
    }),
  )
}

/** What chance alone may have made: the interval has nothing in it, for money with its largest amounts cut, too. */
export function isUnsure({ it, isSmall }: EffectRow): boolean {
  const holdsNothing = (interval: LiftDifference['interval']) => interval == null || (interval.low <= 0 && interval.high >= 0)
  return isSmall || holdsNothing(it.interval) || (it.capped != null && holdsNothing(it.capped.interval))
}

/** Where an interval lies in a strip whose middle is nothing, in percent of its width. */
export type Strip = { readonly from: number; readonly to: number; readonly at: number }

/** Strips of one measure have one scale, so that they can be compared. */
export function stripOf(row: EffectRow, rows: readonly EffectRow[]): Strip {
  const reach = (it: LiftDifference) => Math.max(Math.abs(it.difference), Math.abs(it.interval?.low ?? 0), Math.abs(it.interval?.high ?? 0))
  const most = Math.max(...rows.filter((it) => it.measure === row.measure).map((it) => reach(it.it)), Number.MIN_VALUE)
  const place = (value: number) => 50 + (value / most) * 48
  return { from: place(row.it.interval?.low ?? row.it.difference), to: place(row.it.interval?.high ?? row.it.difference), at: place(row.it.difference) }
}

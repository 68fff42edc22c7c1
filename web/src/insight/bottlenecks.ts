import type { Bottlenecks, BottlenecksSelect, Contrast } from '../api/bottlenecks.ts'

/** So many rows are seen at a glance; the rest is one press away. */
export const SHOWN_FIRST = 12

/** Names the profiles behind a number. */
export function profilesOf(report: Bottlenecks) {
  const of = { report: { kind: 'bottlenecks' as const, ...report } }
  return (title: string, select: BottlenecksSelect) => ({ of, title, select: { kind: 'bottlenecks', ...select } })
}

/** Where a number stands, as a selection has it. */
export function spotOf({ stage, by, label }: Pick<Contrast, 'stage' | 'by' | 'label'>): Pick<BottlenecksSelect, 'stage' | 'by' | 'label'> {
  return { stage: stage.id, ...(by == null ? {} : { by }), ...(label == null ? {} : { label }) }
}

/** The profiles that a place is held against. */
export function otherOf(contrast: Contrast): BottlenecksSelect {
  return { ...spotOf(contrast), ...(contrast.against === 'past' ? { is_before: true } : { is_of_peers: true }) }
}

/** The fields with one of them changed, added behind the last, or taken out. */
export function withField(fields: readonly string[], at: number, field: string): readonly string[] {
  const changed = at === fields.length ? [...fields, field] : fields.map((it, index) => (index === at ? field : it))
  return changed.filter((it, index) => it !== '' && changed.indexOf(it) === index)
}

/** How long a bar is beside those of its list. */
export function barOf(contrast: Pick<Contrast, 'people'>, all: readonly Pick<Contrast, 'people'>[]): number {
  const most = Math.max(1, ...all.map((it) => Math.abs(it.people)))
  return Math.abs(contrast.people) / most
}

/** People are whole; what is hardly anybody is nobody, and not less than that. */
export function wholeOf(people: number): number {
  const whole = Math.round(people)
  return whole === 0 ? 0 : whole
}

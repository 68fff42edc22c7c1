import type { Matcher } from '../api/model.ts'
import type { StepWork, WorkStep, WorkTime } from '../api/work-time.ts'

/** The parts of a step that events are chosen for. */
export const parts = ['asked', 'start', 'end'] as const
export type StepPart = (typeof parts)[number]

const isEmpty = (matcher: Matcher | null | undefined) => Object.keys(matcher ?? {}).length === 0

/** The steps that can be asked for: those with a name, a start and an end. */
export function askable(steps: readonly WorkStep[]): readonly WorkStep[] {
  const whole = steps.filter((it) => it.name.trim() !== '' && !isEmpty(it.start) && !isEmpty(it.end))
  return whole.map(({ asked, ...step }) => (isEmpty(asked) ? step : { ...step, asked: asked ?? {} }))
}

/** The question without the steps that are still being filled in; none while there is no other. */
export function workTimeOf(ask: WorkTime): WorkTime | null {
  const steps = askable(ask.steps)
  return steps.length === 0 ? null : { ...ask, steps }
}

const ASKS = ['requested', 'asked', 'opened', 'placed', 'submitted', 'queued', 'created', 'booked']
const STARTS = ['started', 'begun', 'answered', 'accepted', 'assigned', 'shipped', 'dispatched', 'picked']
const ENDS = ['ended', 'finished', 'closed', 'solved', 'resolved', 'completed', 'delivered', 'received']

/** Steps that the names of events speak of, such as `call_requested`, `call_started` and `call_ended`. */
export function suggestedSteps(names: readonly string[]): readonly WorkStep[] {
  const stems = new Map<string, { readonly word: string; readonly name: string }[]>()
  for (const name of names) {
    const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').split(/[\s_.-]+/)
    const word = words.pop()?.toLowerCase() ?? ''
    const stem = words.join(' ').toLowerCase()
    if (stem !== '') stems.set(stem, [...(stems.get(stem) ?? []), { word, name }])
  }
  return [...stems].flatMap(([stem, list]): readonly WorkStep[] => {
    const of = (words: readonly string[]) => words.map((word) => list.find((it) => it.word === word)?.name).find((it) => it !== undefined)
    const [asked, start, end] = [of(ASKS), of(STARTS), of(ENDS)]
    if (start === undefined || end === undefined) return []
    const name = stem.charAt(0).toUpperCase() + stem.slice(1)
    return [{ name, ...(asked === undefined ? {} : { asked: { events: [asked] } }), start: { events: [start] }, end: { events: [end] } }]
  })
}

/** Of the time from being asked for to its end, the part that was waiting; none while nothing is done. */
export function waitedShare({ done }: Pick<StepWork, 'done'>): number | null {
  const whole = done.waited_ms + done.worked_ms
  return whole === 0 ? null : done.waited_ms / whole
}

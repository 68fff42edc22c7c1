import type { Matcher } from '../api/model.ts'
import type { Element, Paths, PathsReply, PathUnit, Transitions, TransitionsAnswer, Way } from '../api/paths.ts'
import { join, type Sankey, type Strand, weave } from '../chart/sankey.ts'
import { never } from '../lib/never.ts'
import type { PathsAsk, PathsBy } from './paths-ask.ts'

export function usualPathsAsk(zone: string, by: PathsBy): PathsAsk {
  return { range: { last: '30d', zone }, mode: 'start', by, length: 6, branches: 6, top: 20 }
}

/** Some other choices of one who asks; `undefined` takes one back. */
export type PathsChange = { readonly [Key in keyof PathsAsk]?: PathsAsk[Key] | undefined }

export function changePaths(ask: PathsAsk, change: PathsChange): PathsAsk {
  const { anchor, goal, occurrence, tail, own, field, repeats, pause, filter, people, ...rest } = { ...ask, ...change }
  return {
    range: rest.range ?? ask.range,
    mode: rest.mode ?? ask.mode,
    by: rest.by ?? ask.by,
    length: rest.length ?? ask.length,
    branches: rest.branches ?? ask.branches,
    top: rest.top ?? ask.top,
    ...(anchor === undefined ? {} : { anchor }),
    ...(goal === undefined ? {} : { goal }),
    ...(occurrence === undefined ? {} : { occurrence }),
    ...(tail === undefined ? {} : { tail }),
    ...(own === undefined ? {} : { own }),
    ...(field === undefined ? {} : { field }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(pause === undefined ? {} : { pause }),
    ...(filter === undefined ? {} : { filter }),
    ...(people === undefined ? {} : { people }),
  }
}

/** What is still to be chosen before it can be asked. */
export type PathsLack = 'anchor' | 'goal' | 'own' | 'field'

export function lackOf(ask: PathsAsk): PathsLack | null {
  if (ask.by === 'own' && !(ask.own ?? []).some((it) => it.name.trim() !== '')) return 'own'
  if (ask.by === 'field' && ask.field === undefined) return 'field'
  if (ask.mode !== 'start' && !asksSomething(ask.anchor)) return 'anchor'
  return ask.mode === 'between' && !asksSomething(ask.goal) ? 'goal' : null
}

function asksSomething(matcher: Matcher | undefined): boolean {
  return matcher !== undefined && Object.keys(matcher).length > 0
}

/** As many ways as the server lists: a drawing of all of them leaves nothing out. */
const WAYS_MAX = 10_000
/** The longest path that is followed to an event. */
const LENGTH_MAX = 50

export type PathsReports = { readonly before: Paths | null; readonly after: Paths | null; readonly transitions: Transitions }

/** The reports that answer a question: how paths go on, what led to the event, and what follows what. */
export function reportsOf(ask: PathsAsk, top: number = WAYS_MAX): PathsReports {
  const by = unitOf(ask)
  const some = { ...(ask.filter === undefined ? {} : { filter: ask.filter }), ...(ask.people === undefined ? {} : { people: ask.people }) }
  const pause = ask.pause === undefined ? {} : { pause_max: ask.pause }
  const common = { range: ask.range, by, top, collapse: ask.repeats !== true, ...pause, ...some }
  const anchor = ask.anchor ?? {}
  const which: Pick<Paths, 'occurrence'> = ask.occurrence === undefined ? {} : { occurrence: ask.occurrence === 'last' ? ask.occurrence : { nth: ask.occurrence } }
  const after = { ...common, ...which, length_max: ask.length, from: anchor }
  const before = { ...common, ...which, to: anchor, ...(ask.tail === true ? { length_max: columnsOf(ask), tail: true } : { length_max: LENGTH_MAX }) }
  const transitions = { range: ask.range, by, ...pause, ...some }
  switch (ask.mode) {
    case 'start':
      return { before: null, after: { ...common, length_max: ask.length }, transitions }
    case 'after':
      return { before: null, after, transitions }
    case 'before':
      return { before, after: null, transitions }
    case 'around':
      return { before, after, transitions }
    case 'between':
      return { before: null, after: { ...after, length_max: LENGTH_MAX, to: ask.goal ?? {} }, transitions }
    default:
      return never(ask.mode)
  }
}

function unitOf({ by, own = [], field = '' }: PathsAsk): PathUnit {
  if (by === 'own') return { steps: own.filter((it) => it.name.trim() !== '') }
  return by === 'field' ? { field } : by
}

/** What the page calls such a unit. */
function byOf(unit: PathUnit): Pick<PathsAsk, 'by' | 'own' | 'field'> {
  if (typeof unit === 'string') return { by: unit }
  return 'steps' in unit ? { by: 'own', own: unit.steps } : { by: 'field', field: unit.field }
}

/** The question that the page would ask to get such a report. */
export function askOfPaths({ range, by = 'touchpoint', from, to, length_max, collapse }: Paths): PathsAsk {
  const mode = asksSomething(from ?? undefined) ? (asksSomething(to ?? undefined) ? 'between' : 'after') : asksSomething(to ?? undefined) ? 'before' : 'start'
  return {
    range,
    mode,
    ...byOf(by),
    length: Math.min(length_max ?? LENGTH_DRAWN, LENGTH_DRAWN),
    branches: 5,
    top: WAYS_MAX,
    ...(collapse === false ? { repeats: true as const } : {}),
  }
}

/** As many places as fit on a card. */
const LENGTH_DRAWN = 5

/** Every way of an answer as a strand of the drawing. */
export function strandsOf({ numbers, report }: PathsReply): Strand[] {
  if (report.kind !== 'paths') return []
  const hasGoal = report.to !== null && report.to !== undefined
  const most = report.length_max ?? LENGTH_MAX
  return numbers.paths.map(({ elements, passes }) => ({
    elements,
    times: passes.times,
    end: hasGoal ? 'arrived' : elements.length >= most ? 'open' : 'ended',
  }))
}

export type PathsReplies = { readonly before: PathsReply | undefined; readonly after: PathsReply | undefined }

/** How many places of one side are drawn. An event in the middle is shared by both. */
function columnsOf({ mode, length }: PathsAsk): number {
  return mode === 'around' ? Math.max(2, Math.ceil((length + 1) / 2)) : length
}

/** The drawing that a question is answered with. */
export function sankeyOf(ask: PathsAsk, { before, after }: PathsReplies): Sankey {
  const { length: columns, branches } = ask
  const half = columnsOf(ask)
  const left = before === undefined ? null : weave(strandsOf(before), { columns: half, branches, align: 'end' })
  const right = after === undefined ? null : weave(strandsOf(after), { columns: half, branches, align: 'start' })
  if (left === null || left.columns.length === 0) return right ?? left ?? weave([], { columns, branches, align: 'start' })
  return right === null ? left : join(left, right)
}

/** A listed way with its share of all paths that count. */
export type WayRow = { readonly way: Way; readonly share: number; readonly reaches: number }

export function wayRows({ numbers }: PathsReply, top: number): WayRow[] {
  const whole = Math.max(1, numbers.total.times)
  const most = Math.max(1, numbers.paths[0]?.passes.times ?? 1)
  return numbers.paths.slice(0, top).map((way) => ({ way, share: way.passes.times / whole, reaches: way.passes.times / most }))
}

/** How much of all paths the listed ways explain. */
export type Coverage = { readonly listed: number; readonly variants: number; readonly share: number; readonly restWays: number }

export function coverageOf({ numbers }: PathsReply, top: number): Coverage {
  const listed = Math.min(top, numbers.paths.length)
  const times = numbers.paths.slice(0, top).reduce((sum, it) => sum + it.passes.times, 0)
  const share = numbers.total.times === 0 ? 0 : times / numbers.total.times
  return { listed, variants: numbers.variants, share, restWays: numbers.variants - listed }
}

/** One element followed by another, as a row. */
export type TransitionRow = {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly times: number
  readonly profiles: number
  /** Of the visits to what is left. */
  readonly share: number
  readonly medianMs: number
  readonly p90Ms: number
}

export function transitionRows({ elements, transitions }: TransitionsAnswer): TransitionRow[] {
  const visits = new Map(elements.map((it) => [it.element.id, it.visits.times]))
  return transitions.map(({ from, to, passes, median_ms, p90_ms }) => ({
    key: JSON.stringify([from, to]),
    from,
    to,
    times: passes.times,
    profiles: passes.profiles,
    share: passes.times / Math.max(1, visits.get(from) ?? passes.times),
    medianMs: median_ms,
    p90Ms: p90_ms,
  }))
}

/** What the elements of an answer are called. */
export function nameElements(elements: readonly Element[], rest: string): ReadonlyMap<string, string> {
  return new Map(elements.map((it) => [it.id, it.is_rest === true ? rest : it.name]))
}

export type Piece = { readonly kind: 'element'; readonly element: string; readonly look: 'forward' | 'return' | 'loop'; readonly place: number } | { readonly kind: 'gap'; readonly count: number }

/** A way as the list shows it: a long one without its middle. */
export function piecesOf(elements: readonly string[], lookAt: (elements: readonly string[], place: number) => 'forward' | 'return' | 'loop', most: number): Piece[] {
  const all = elements.map((element, place): Piece => ({ kind: 'element', element, place, look: place === 0 ? 'forward' : lookAt(elements, place) }))
  if (elements.length <= most) return all
  const [head, tail] = [Math.floor(most / 3), most - Math.floor(most / 3) - 1]
  return [...all.slice(0, head), { kind: 'gap', count: elements.length - head - tail }, ...all.slice(-tail)]
}

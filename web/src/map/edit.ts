import type { Lane, LaneKind, Map, Stage, Step } from '../api/map.ts'
import type { Matcher, Range } from '../api/model.ts'
import { never } from '../lib/never.ts'

/** One change to a drawing. */
export type Edit =
  | { readonly kind: 'rename_map'; readonly title: string }
  | { readonly kind: 'set_range'; readonly range: Range }
  | { readonly kind: 'rename_stage'; readonly stage: string; readonly title: string }
  | { readonly kind: 'add_stage'; readonly index: number; readonly title: string }
  | { readonly kind: 'move_stage'; readonly stage: string; readonly index: number }
  /** Its steps go to the stage before it, or behind it when it is the first. */
  | { readonly kind: 'delete_stage'; readonly stage: string }
  | { readonly kind: 'add_step'; readonly stage: string; readonly index: number; readonly title: string; readonly matcher: Matcher }
  | { readonly kind: 'rename_step'; readonly step: string; readonly title: string }
  | { readonly kind: 'bind_step'; readonly step: string; readonly matcher: Matcher }
  /** `index` counts among the steps of the stage without the one that moves. */
  | { readonly kind: 'move_step'; readonly step: string; readonly stage: string; readonly index: number }
  | { readonly kind: 'delete_step'; readonly step: string }
  | { readonly kind: 'write_cell'; readonly lane: LaneKind; readonly step: string; readonly text: string }
  | { readonly kind: 'show_lane'; readonly lane: LaneKind }
  | { readonly kind: 'hide_lane'; readonly lane: LaneKind }

/** The map after a change; the same map when the change changes nothing. */
export function edit(map: Map, change: Edit): Map {
  switch (change.kind) {
    case 'rename_map':
      return change.title.trim() === '' || change.title === map.title ? map : { ...map, title: change.title.trim() }
    case 'set_range':
      return { ...map, range: change.range }
    case 'rename_stage':
      return withStage(map, change.stage, (stage) => rename(stage, change.title))
    case 'add_stage':
      return { ...map, stages: insert(map.stages, change.index, { id: freshId(change.title, stageIds(map)), title: change.title, steps: [] }) }
    case 'move_stage':
      return moveStage(map, change.stage, change.index)
    case 'delete_stage':
      return deleteStage(map, change.stage)
    case 'add_step': {
      const step: Step = { id: freshId(change.title, stepsOf(map).map((it) => it.id)), title: change.title, matcher: change.matcher }
      return withStage(map, change.stage, (stage) => ({ ...stage, steps: insert(stage.steps, change.index, step) }))
    }
    case 'rename_step':
      return withStep(map, change.step, (step) => rename(step, change.title))
    case 'bind_step':
      return withStep(map, change.step, (step) => ({ ...step, matcher: change.matcher }))
    case 'move_step':
      return moveStep(map, change.step, change.stage, change.index)
    case 'delete_step':
      return deleteStep(map, change.step)
    case 'write_cell':
      return writeCell(map, change.lane, change.step, change.text)
    case 'show_lane':
      return lanesOf(map).some((it) => it.kind === change.lane) ? map : { ...map, lanes: [...lanesOf(map), { kind: change.lane }] }
    case 'hide_lane':
      return { ...map, lanes: lanesOf(map).filter((it) => it.kind !== change.lane) }
    default:
      return never(change)
  }
}

/** Every step in drawing order. */
export function stepsOf(map: Map): readonly Step[] {
  return map.stages.flatMap((stage) => stage.steps)
}

/** The lanes that are drawn: a map that names none shows what is measured. */
export function lanesOf(map: Map): readonly Lane[] {
  const { lanes = [] } = map
  return lanes.length > 0 ? lanes : measuredLanes.map((kind) => ({ kind }))
}

/** Where a step belongs that mostly happens after another: right behind it, else at the end. */
export function placeFor(map: Map, after: string | null): { readonly stage: string; readonly index: number } {
  for (const stage of map.stages) {
    const at = stage.steps.findIndex((it) => it.id === after)
    if (at !== -1) return { stage: stage.id, index: at + 1 }
  }
  const last = map.stages.at(-1)
  return { stage: last?.id ?? '', index: last?.steps.length ?? 0 }
}

/** Lanes that fill themselves from data. */
export const measuredLanes = ['people', 'time', 'exits', 'channels'] as const satisfies readonly LaneKind[]
/** Lanes that are written by people. */
export const writtenLanes = ['doing', 'thinking', 'feeling', 'pain', 'opportunity', 'backstage'] as const satisfies readonly LaneKind[]

export function isMeasured(kind: LaneKind): boolean {
  return measuredLanes.some((it) => it === kind)
}

/** A short stable id from a title, unlike any that is taken. */
export function freshId(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const base = plain === '' ? 'step' : plain
  for (let count = 1; ; count += 1) {
    const id = count === 1 && plain !== '' ? base : `${base}-${count}`
    if (!taken.includes(id)) return id
  }
}

function stageIds(map: Map): readonly string[] {
  return map.stages.map((it) => it.id)
}

function rename<Named extends { readonly title: string }>(named: Named, title: string): Named {
  const trimmed = title.trim()
  return trimmed === '' || trimmed === named.title ? named : { ...named, title: trimmed }
}

function withStage(map: Map, id: string, change: (stage: Stage) => Stage): Map {
  const stages = map.stages.map((stage) => (stage.id === id ? change(stage) : stage))
  return stages.every((it, index) => it === map.stages[index]) ? map : { ...map, stages }
}

function withStep(map: Map, id: string, change: (step: Step) => Step): Map {
  const stage = map.stages.find((it) => it.steps.some((step) => step.id === id))
  if (stage === undefined) return map
  return withStage(map, stage.id, () => {
    const steps = stage.steps.map((step) => (step.id === id ? change(step) : step))
    return steps.every((it, index) => it === stage.steps[index]) ? stage : { ...stage, steps }
  })
}

function moveStage(map: Map, id: string, index: number): Map {
  const stage = map.stages.find((it) => it.id === id)
  if (stage === undefined || map.stages.indexOf(stage) === index) return map
  return { ...map, stages: insert(map.stages.filter((it) => it !== stage), index, stage) }
}

function deleteStage(map: Map, id: string): Map {
  const at = map.stages.findIndex((it) => it.id === id)
  const stage = map.stages[at]
  if (stage === undefined || map.stages.length === 1) return map
  const heir = map.stages[at === 0 ? 1 : at - 1]
  const stages = map.stages
    .filter((it) => it !== stage)
    .map((it) => (it === heir ? { ...it, steps: at === 0 ? [...stage.steps, ...it.steps] : [...it.steps, ...stage.steps] } : it))
  return { ...map, stages }
}

function moveStep(map: Map, id: string, stageId: string, index: number): Map {
  const from = map.stages.find((it) => it.steps.some((step) => step.id === id))
  const step = from?.steps.find((it) => it.id === id)
  if (from === undefined || step === undefined || !stageIds(map).includes(stageId)) return map
  if (from.id === stageId && from.steps.indexOf(step) === index) return map
  const stages = map.stages.map((stage) => {
    const rest = stage.steps.filter((it) => it !== step)
    if (stage.id === stageId) return { ...stage, steps: insert(rest, index, step) }
    return stage === from ? { ...stage, steps: rest } : stage
  })
  return { ...map, stages }
}

function deleteStep(map: Map, id: string): Map {
  const stages = map.stages.map((stage) =>
    stage.steps.some((it) => it.id === id) ? { ...stage, steps: stage.steps.filter((it) => it.id !== id) } : stage,
  )
  const lanes = map.lanes?.map((lane) => {
    if (lane.cells?.[id] === undefined) return lane
    const { [id]: _, ...cells } = lane.cells
    return { ...lane, cells }
  })
  return { ...map, stages, ...(lanes === undefined ? {} : { lanes }) }
}

function writeCell(map: Map, kind: LaneKind, step: string, text: string): Map {
  const lanes = lanesOf(map)
  const lane = lanes.find((it) => it.kind === kind)
  if (lane === undefined || isMeasured(kind) || (lane.cells?.[step] ?? '') === text.trim()) return map
  const { [step]: _, ...others } = lane.cells ?? {}
  const cells = text.trim() === '' ? others : { ...others, [step]: text.trim() }
  return { ...map, lanes: lanes.map((it) => (it === lane ? { ...it, cells } : it)) }
}

function insert<Item>(items: readonly Item[], index: number, item: Item): readonly Item[] {
  const at = Math.max(0, Math.min(items.length, index))
  return [...items.slice(0, at), item, ...items.slice(at)]
}

import type { Map, TransitionNumbers } from '../api/map.ts'

export const NODE = { width: 172, height: 82 } as const
const [STAGE_GAP_MIN, STAGE_GAP_MAX, ROW_GAP] = [92, 250, 28]
/** Width over height of a usual window: tall maps get room between their stages, where the ways are. */
const ASPECT = 1.65

export type FlowNode = { readonly step: string; readonly stage: string; readonly x: number; readonly y: number }
/** How far above the flow its stages are named. */
export const STAGE_RISE = 96

export type FlowStage = { readonly stage: string; readonly title: string; readonly x: number; readonly width: number }
export type FlowEdge = {
  readonly way: TransitionNumbers
  readonly path: string
  readonly width: number
  readonly label: { readonly x: number; readonly y: number }
  readonly look: 'forward' | 'return' | 'loop'
}
export type Flow = {
  readonly nodes: readonly FlowNode[]
  readonly stages: readonly FlowStage[]
  readonly edges: readonly FlowEdge[]
  readonly height: number
}

/** Places the steps of a map in columns of stages, in the order of the map, and draws the ways between them. */
export function layFlow(map: Map, ways: readonly TransitionNumbers[]): Flow {
  const most = Math.max(1, ...map.stages.map((it) => it.steps.length))
  const height = most * (NODE.height + ROW_GAP) - ROW_GAP
  const spare = (height * ASPECT - map.stages.length * NODE.width) / Math.max(1, map.stages.length - 1)
  const gap = Math.max(STAGE_GAP_MIN, Math.min(STAGE_GAP_MAX, spare))
  const stages = map.stages.map((stage, index) => ({
    stage: stage.id,
    title: stage.title,
    x: index * (NODE.width + gap),
    width: NODE.width,
  }))
  const nodes = map.stages.flatMap((stage, column) => {
    // Shorter columns stand in the middle of the longest.
    const top = ((most - stage.steps.length) * (NODE.height + ROW_GAP)) / 2
    return stage.steps.map((step, row) => ({
      step: step.id,
      stage: stage.id,
      x: stages[column]?.x ?? 0,
      y: top + row * (NODE.height + ROW_GAP),
    }))
  })
  return {
    nodes,
    stages,
    edges: drawWays(nodes, ways),
    height,
  }
}

/** A way as thin as a hair or as thick as a finger: its width grows with the root of its people. */
function drawWays(nodes: readonly FlowNode[], ways: readonly TransitionNumbers[]): readonly FlowEdge[] {
  const most = Math.max(1, ...ways.map((it) => it.people))
  return ways.flatMap((way): readonly FlowEdge[] => {
    const from = nodes.find((it) => it.step === way.from)
    const to = nodes.find((it) => it.step === way.to)
    if (from === undefined || to === undefined) return []
    const width = 1.2 + 7 * Math.sqrt(way.people / most)
    return [{ way, width, ...route(from, to) }]
  })
}

type Route = Pick<FlowEdge, 'path' | 'label' | 'look'>

function route(from: FlowNode, to: FlowNode): Route {
  const middle = (node: FlowNode) => node.y + NODE.height / 2
  if (from === to) return loop(from)
  if (to.x > from.x) {
    const [x1, y1, x2, y2] = [from.x + NODE.width, middle(from), to.x - 7, middle(to)]
    const bend = Math.max(40, (x2 - x1) * 0.45)
    return {
      path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      label: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 },
      look: 'forward',
    }
  }
  if (to.x === from.x) return beside(from, to)
  // Back over the tops, so that a return is never taken for a way on.
  const [x1, y1, x2, y2] = [from.x + NODE.width * 0.62, from.y, to.x + NODE.width * 0.38, to.y - 7]
  const rise = Math.min(y1, y2) - 34 - Math.min(60, (x1 - x2) * 0.06)
  return {
    path: `M${x1} ${y1}C${x1 - 20} ${rise} ${x2 + 20} ${rise} ${x2} ${y2}`,
    label: { x: (x1 + x2) / 2, y: (y1 + y2) / 8 + rise * 0.75 },
    look: 'return',
  }
}

/** Between steps of one stage: down at the right, back up at the left. */
function beside(from: FlowNode, to: FlowNode): Route {
  const isDown = to.y > from.y
  const isNext = Math.abs(to.y - from.y) <= NODE.height + ROW_GAP
  if (isNext) {
    const x = from.x + NODE.width * (isDown ? 0.7 : 0.3)
    const [y1, y2] = isDown ? [from.y + NODE.height, to.y - 7] : [from.y, to.y + NODE.height + 7]
    return { path: `M${x} ${y1}L${x} ${y2}`, label: { x, y: (y1 + y2) / 2 }, look: isDown ? 'forward' : 'return' }
  }
  const side = isDown ? 1 : -1
  const x = from.x + (isDown ? NODE.width : 0)
  const [y1, y2] = [from.y + NODE.height * (isDown ? 0.7 : 0.3), to.y + NODE.height * (isDown ? 0.3 : 0.7)]
  const out = x + side * Math.min(58, 30 + Math.abs(y2 - y1) * 0.06)
  return {
    path: `M${x} ${y1}C${out} ${y1} ${out} ${y2} ${x + side * 7} ${y2}`,
    label: { x: x + (out - x) * 0.75, y: (y1 + y2) / 2 },
    look: isDown ? 'forward' : 'return',
  }
}

/** From a step to itself: a small loop at its upper right corner. */
function loop(node: FlowNode): Route {
  const [x, y] = [node.x + NODE.width - 30, node.y]
  return { path: `M${x} ${y}C${x - 2} ${y - 32} ${x + 50} ${y - 26} ${node.x + NODE.width + 2} ${y + 20}`, label: { x: x + 20, y: y - 21 }, look: 'loop' }
}

/** The ways of at least a share of those who leave their step. */
export function waysFrom(ways: readonly TransitionNumbers[], least: number): readonly TransitionNumbers[] {
  return ways.filter((it) => it.share >= least)
}

const [MAIN_SHARE, RETURN_SHARE, RETURNS_MAX] = [0.25, 0.15, 8]

/** The ways that tell the story: the largest on from each step and every other large one, the largest returns and loops. */
export function mainWays(ways: readonly TransitionNumbers[]): readonly TransitionNumbers[] {
  const largest: Record<string, TransitionNumbers> = {}
  for (const way of ways) {
    const known = largest[way.from]
    if (way.kind === 'forward' && (known === undefined || way.people > known.people)) largest[way.from] = way
  }
  const back = ways
    .filter((it) => it.kind !== 'forward' && it.share >= RETURN_SHARE)
    .sort((a, b) => b.people - a.people)
    .slice(0, RETURNS_MAX)
  return ways.filter((it) => (it.kind === 'forward' ? it.share >= MAIN_SHARE || largest[it.from] === it : back.includes(it)))
}

/** The ways to draw: those chosen, and all of one step while it is looked at. */
export function drawnWays(ways: readonly TransitionNumbers[], least: number | undefined, near: string | null): readonly TransitionNumbers[] {
  const chosen = new Set(least === undefined ? mainWays(ways) : waysFrom(ways, least))
  return ways.filter((it) => chosen.has(it) || ((it.from === near || it.to === near) && it.share >= NEAR_SHARE))
}

/** Fewer than this of those who leave are not drawn even for the step that is looked at. */
const NEAR_SHARE = 0.02

import type { Map, TransitionNumbers } from '../api/map.ts'

export const NODE = { width: 172, height: 86 } as const
const [STAGE_GAP, ROW_GAP] = [92, 40]

export type FlowNode = { readonly step: string; readonly stage: string; readonly x: number; readonly y: number }
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
  const stages = map.stages.map((stage, index) => ({
    stage: stage.id,
    title: stage.title,
    x: index * (NODE.width + STAGE_GAP),
    width: NODE.width,
  }))
  const most = Math.max(1, ...map.stages.map((it) => it.steps.length))
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
    height: most * (NODE.height + ROW_GAP) - ROW_GAP,
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

/** The ways worth drawing: those of a share, and the largest out of each step whatever its share. */
export function strongWays(ways: readonly TransitionNumbers[], least: number): readonly TransitionNumbers[] {
  const largest: Record<string, TransitionNumbers> = {}
  for (const way of ways) {
    const known = largest[way.from]
    if (way.kind === 'forward' && (known === undefined || way.people > known.people)) largest[way.from] = way
  }
  return ways.filter((it) => it.share >= least || largest[it.from] === it)
}

/** A place of a graph, as large as it is often met. */
export type GraphNode = { readonly id: string; readonly times: number }

/** One place followed by another, or by itself. */
export type GraphEdge = { readonly from: string; readonly to: string; readonly times: number }

export type NodePlace = { readonly id: string; readonly layer: number; readonly x: number; readonly y: number }

/** Where an edge leads: on, back to an earlier layer, across its own, or to where it came from. */
export type EdgeLook = 'forward' | 'return' | 'across' | 'loop'

export type EdgePlace = { readonly key: string; readonly edge: GraphEdge; readonly look: EdgeLook; readonly path: string; readonly tip: string; readonly width: number; readonly middle: { readonly x: number; readonly y: number } }

export type GraphLayout = { readonly nodes: readonly NodePlace[]; readonly edges: readonly EdgePlace[]; readonly width: number; readonly height: number }

export const [NODE_WIDTH, NODE_HEIGHT] = [148, 44] as const
const [LAYER_STEP, ROW_STEP, TOP, RETURN_ROOM, WIDTH_MAX] = [262, 88, 34, 26, 8] as const

export function edgeKey({ from, to }: GraphEdge): string {
  return JSON.stringify([from, to])
}

/** The most frequent edges first; those that are as frequent in the order of their names, so that the same input is the same picture. */
export function byTimes(edges: readonly GraphEdge[]): GraphEdge[] {
  return [...edges].sort((a, b) => b.times - a.times || compare(edgeKey(a), edgeKey(b)))
}

/** How much of all transitions the first edges are. */
export function shareShown(edges: readonly GraphEdge[], count: number): number {
  const sum = (list: readonly GraphEdge[]) => list.reduce((all, it) => all + it.times, 0)
  const all = sum(edges)
  return all === 0 ? 1 : sum(byTimes(edges).slice(0, count)) / all
}

/** Places in layers from left to right: each one after the place that most often leads to it. */
export function layOutGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const drawn = byTimes(edges)
  const met = new Set(drawn.flatMap((it) => [it.from, it.to]))
  const known = nodes.filter((it) => met.has(it.id)).sort((a, b) => b.times - a.times || compare(a.id, b.id))
  const layers = layersOf(known, drawn)
  const places = new Map<string, NodePlace>()
  const count = Math.max(0, ...layers.values()) + 1
  for (let layer = 0; layer < count; layer += 1) {
    const column = known.filter((it) => layers.get(it.id) === layer)
    const wish = new Map(column.map((it) => [it.id, meanRow(it.id, drawn, places)]))
    column.sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0))
    column.forEach(({ id }, row) => places.set(id, { id, layer, x: layer * LAYER_STEP, y: TOP + row * ROW_STEP }))
  }
  const rows = Math.max(0, ...[...places.values()].map((it) => (it.y - TOP) / ROW_STEP + 1))
  const floor = TOP + rows * ROW_STEP
  const most = Math.max(1, ...drawn.map((it) => it.times))
  const returns = drawn.filter((it) => lookOf(it, layers) === 'return').length
  return {
    nodes: [...places.values()],
    edges: drawn.flatMap((edge) => {
      const [from, to] = [places.get(edge.from), places.get(edge.to)]
      if (from === undefined || to === undefined) return []
      const width = 1.5 + (WIDTH_MAX - 1.5) * Math.sqrt(edge.times / most)
      return [{ key: edgeKey(edge), edge, look: lookOf(edge, layers), width, ...drawEdge(from, to, lookOf(edge, layers)) }]
    }),
    width: (count - 1) * LAYER_STEP + NODE_WIDTH + 40,
    height: floor + (returns > 0 ? RETURN_ROOM : 0),
  }
}

/** The layer of each node: one after the node that most often leads to it and is not itself behind it. */
function layersOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const parents = new Map<string, string>()
  const isBehind = (id: string, ancestor: string): boolean => {
    let at: string | undefined = id
    while (at !== undefined) {
      if (at === ancestor) return true
      at = parents.get(at)
    }
    return false
  }
  const balance = balances(edges)
  // Where more leads away than to it a path begins, so the first such node stays a root.
  const root = [...nodes].sort((a, b) => (balance.get(b.id) ?? 0) - (balance.get(a.id) ?? 0) || compare(a.id, b.id))[0]?.id
  for (const { from, to } of edges) {
    if (from !== to && to !== root && !parents.has(to) && !isBehind(from, to)) parents.set(to, from)
  }
  const layers = new Map<string, number>()
  for (const { id } of nodes) {
    let [depth, at] = [0, parents.get(id)]
    while (at !== undefined) {
      depth += 1
      at = parents.get(at)
    }
    layers.set(id, depth)
  }
  return layers
}

function balances(edges: readonly GraphEdge[]): Map<string, number> {
  const balance = new Map<string, number>()
  for (const { from, to, times } of edges) {
    balance.set(from, (balance.get(from) ?? 0) + times)
    balance.set(to, (balance.get(to) ?? 0) - times)
  }
  return balance
}

function lookOf({ from, to }: GraphEdge, layers: ReadonlyMap<string, number>): EdgeLook {
  if (from === to) return 'loop'
  const [before, after] = [layers.get(from) ?? 0, layers.get(to) ?? 0]
  return after > before ? 'forward' : after < before ? 'return' : 'across'
}

/** The height at which the places lie that lead to this one, weighed by how often they do. */
function meanRow(id: string, edges: readonly GraphEdge[], places: ReadonlyMap<string, NodePlace>): number {
  let [sum, weight] = [0, 0]
  for (const { from, to, times } of edges) {
    const place = to === id ? places.get(from) : undefined
    if (place === undefined) continue
    sum += place.y * times
    weight += times
  }
  return weight === 0 ? 0 : sum / weight
}

/** The head of an arrow that has come to a point, going right, left, up or down. */
function tipAt(x: number, y: number, going: 'right' | 'left' | 'up' | 'down'): string {
  const back = going === 'right' || going === 'down' ? -9 : 9
  const isFlat = going === 'right' || going === 'left'
  return isFlat ? `M${x + back},${y - 6} L${x},${y} L${x + back},${y + 6} Z` : `M${x - 6},${y + back} L${x},${y} L${x + 6},${y + back} Z`
}

function drawEdge(from: NodePlace, to: NodePlace, look: EdgeLook): Pick<EdgePlace, 'path' | 'tip' | 'middle'> {
  const [left, right] = [from.x + NODE_WIDTH, to.x]
  const [y, yTo] = [from.y + NODE_HEIGHT / 2, to.y + NODE_HEIGHT / 2]
  if (look === 'forward') {
    const bend = (right - left) / 2
    return { path: `M${left},${y} C${left + bend},${y} ${right - bend},${yTo} ${right},${yTo}`, tip: tipAt(right, yTo, 'right'), middle: { x: (left + right) / 2, y: (y + yTo) / 2 } }
  }
  if (look === 'loop') {
    const x = from.x + NODE_WIDTH - 30
    return { path: `M${x},${from.y} C${x - 6},${from.y - 30} ${x + 34},${from.y - 30} ${x + 22},${from.y}`, tip: tipAt(x + 22, from.y, 'down'), middle: { x: x + 12, y: from.y - 22 } }
  }
  if (look === 'across') {
    const far = left + 40
    return { path: `M${left},${y} C${far},${y} ${far},${yTo} ${left},${yTo}`, tip: tipAt(left, yTo, 'left'), middle: { x: left + 22, y: y + (yTo - y) / 4 } }
  }
  // Back below the places, so that it is not taken for a way on.
  const [x, xTo] = [from.x + NODE_WIDTH / 2, to.x + NODE_WIDTH / 2]
  const [low, lowTo] = [from.y + NODE_HEIGHT, to.y + NODE_HEIGHT]
  const floor = Math.max(low, lowTo) + 34
  return { path: `M${x},${low} C${x},${floor} ${xTo},${floor} ${xTo},${lowTo}`, tip: tipAt(xTo, lowTo, 'up'), middle: { x: (x + xTo) / 2, y: (low + lowTo + 6 * floor) / 8 } }
}

/** The item that lies nearest in a direction; none where there is none. */
export function nearest(places: readonly { readonly key: string; readonly x: number; readonly y: number }[], here: string, key: string): string | null {
  const at = places.find((it) => it.key === here)
  if (at === undefined) return null
  const along = ({ x, y }: { readonly x: number; readonly y: number }): number =>
    key === 'ArrowRight' ? x - at.x : key === 'ArrowLeft' ? at.x - x : key === 'ArrowDown' ? y - at.y : key === 'ArrowUp' ? at.y - y : 0
  const isWide = key === 'ArrowRight' || key === 'ArrowLeft'
  const cost = (it: { readonly x: number; readonly y: number }) => along(it) + 2.5 * Math.abs(isWide ? it.y - at.y : it.x - at.x)
  const ahead = places.filter((it) => it.key !== here && along(it) > 0.5)
  return ahead.sort((a, b) => cost(a) - cost(b) || compare(a.key, b.key))[0]?.key ?? null
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

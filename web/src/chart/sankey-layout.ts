import type { LinkLook, Sankey, SankeyLink, SankeyNode } from './sankey.ts'

export const BAR = 9
/** Room that a node takes at least: two lines of text. */
export const SLOT_MIN = 38
const [PAD, TAIL, EDGE] = [10, 46, 26] as const

export type NodeBox = {
  readonly node: SankeyNode
  readonly x: number
  /** The bar. */
  readonly y: number
  readonly height: number
  /** The room around it. */
  readonly top: number
  readonly slot: number
  /** Where paths end here, and where they go on undrawn. */
  readonly ended: string | null
  readonly open: string | null
  readonly earlier: string | null
}

export type LinkBand = {
  readonly link: SankeyLink
  readonly path: string
  readonly middle: { readonly x: number; readonly y: number }
  /** The band of a part of the paths, at the same place. */
  readonly part: (times: number) => string
}

export type SankeyLayout = {
  readonly nodes: readonly NodeBox[]
  readonly links: readonly LinkBand[]
  /** From column to column, and where each begins. */
  readonly step: number
  readonly columns: readonly number[]
  readonly scale: number
  readonly height: number
}

export type Size = { readonly width: number; readonly height: number; readonly label: number }

const lookOrder: Readonly<Record<LinkLook, number>> = { forward: 0, return: 1, loop: 2 }

/** Places nodes in their columns, the largest at the top, and draws the bands between them. One scale holds everywhere. */
export function layOut({ columns, links, first }: Sankey, { width, height, label }: Size): SankeyLayout {
  const inset = first < 0 ? EDGE : 0
  const step = columns.length < 2 ? width - label : (width - label - BAR - inset) / (columns.length - 1)
  const scale = scaleOf(columns, height)
  const size = (node: SankeyNode) => Math.max(node.times, node.coming)
  const boxes = columns.flatMap((column, at) => {
    let top = 0
    return column.map((node) => {
      const bar = Math.max(2, size(node) * scale)
      const slot = Math.max(SLOT_MIN, bar + PAD)
      const box = { node, x: inset + at * step, y: top + (slot - bar) / 2, height: bar, top, slot }
      top += slot
      return box
    })
  })
  const at = new Map(boxes.map((it) => [it.node.key, it]))
  const middle = (key: string) => (at.get(key)?.y ?? 0) + (at.get(key)?.height ?? 0) / 2
  const starts = stack(links, (it) => it.from, (a, b) => middle(a.to) - middle(b.to), (key) => at.get(key)?.y ?? 0, scale)
  const ends = stack(links, (it) => it.to, (a, b) => middle(a.from) - middle(b.from), (key) => at.get(key)?.y ?? 0, scale)
  return {
    step,
    columns: columns.map((_, at) => inset + at * step),
    scale,
    height: Math.max(SLOT_MIN, ...boxes.map((it) => it.top + it.slot)),
    nodes: boxes.map((box): NodeBox => {
      const { node, x, y } = box
      const right = x + BAR
      const gone = y + links.reduce((sum, it) => sum + (it.from === node.key ? it.times : 0), 0) * scale
      const openHeight = node.open * scale
      const begun = y + links.reduce((sum, it) => sum + (it.to === node.key ? it.times : 0), 0) * scale
      return {
        ...box,
        open: node.open === 0 ? null : band(right, gone, right + TAIL, gone, openHeight),
        ended: node.ended === 0 ? null : band(right, gone + openHeight, right + TAIL, gone + openHeight + 16, node.ended * scale),
        earlier: node.earlier === 0 ? null : band(x - EDGE, begun, x, begun, node.earlier * scale),
      }
    }),
    links: links.flatMap((link): readonly LinkBand[] => {
      const [from, to, start, end] = [at.get(link.from), at.get(link.to), starts.get(link.key), ends.get(link.key)]
      if (from === undefined || to === undefined || start === undefined || end === undefined) return []
      const draw = (times: number) => band(from.x + BAR, start, to.x, end, times * scale)
      const middle = { x: (from.x + BAR + to.x) / 2, y: (start + end + link.times * scale) / 2 }
      return [{ link, path: draw(link.times), part: draw, middle }]
    }),
  }
}

/** Where each link begins on the side of its node: one after the other, in the order in which they lie. */
function stack(
  links: readonly SankeyLink[],
  nodeOf: (link: SankeyLink) => string,
  order: (one: SankeyLink, other: SankeyLink) => number,
  top: (key: string) => number,
  scale: number,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  const filled = new Map<string, number>()
  for (const link of [...links].sort((a, b) => order(a, b) || lookOrder[a.look] - lookOrder[b.look])) {
    const node = nodeOf(link)
    const y = filled.get(node) ?? top(node)
    places.set(link.key, y)
    filled.set(node, y + link.times * scale)
  }
  return places
}

/** The largest scale at which every column fits. */
function scaleOf(columns: readonly (readonly SankeyNode[])[], height: number): number {
  const fits = (scale: number) =>
    columns.every((column) => column.reduce((sum, it) => sum + Math.max(SLOT_MIN, Math.max(it.times, it.coming) * scale + PAD), 0) <= height)
  const most = Math.max(1, ...columns.map((column) => column.reduce((sum, it) => sum + Math.max(it.times, it.coming), 0)))
  let [low, high] = [0, height / most]
  for (let round = 0; round < 40; round += 1) {
    const scale = (low + high) / 2
    if (fits(scale)) low = scale
    else high = scale
  }
  return low
}

/** A band of one thickness between two uprights. */
function band(x0: number, y0: number, x1: number, y1: number, thickness: number): string {
  const t = Math.max(0.75, thickness)
  const bend = (x0 + x1) / 2
  const at = (...all: readonly number[]) => all.map((it) => Math.round(it * 100) / 100).join(' ')
  return `M${at(x0, y0)}C${at(bend, y0, bend, y1, x1, y1)}L${at(x1, y1 + t)}C${at(bend, y1 + t, bend, y0 + t, x0, y0 + t)}Z`
}

/** Where the focus goes from a node or a link; `null` when the key does not move it. */
export function moveInSankey(layout: SankeyLayout, key: string, pressed: string): string | null {
  const { nodes, links } = layout
  const here = nodes.find((it) => it.node.key === key)
  const link = links.find((it) => it.link.key === key)?.link
  const column = (at: number) => nodes.filter((it) => it.node.column === at).map((it) => it.node.key)
  const last = Math.max(0, ...nodes.map((it) => it.node.column))
  const largest = (all: readonly LinkBand[]) => [...all].sort((a, b) => b.link.times - a.link.times)[0]?.link.key ?? key
  const beside = (all: readonly string[], step: number) => all[Math.max(0, Math.min(all.length - 1, all.indexOf(key) + step))] ?? key
  switch (pressed) {
    case 'ArrowRight':
      return link !== undefined ? link.to : largest(links.filter((it) => it.link.from === key))
    case 'ArrowLeft':
      return link !== undefined ? link.from : largest(links.filter((it) => it.link.to === key))
    case 'ArrowDown':
    case 'ArrowUp': {
      const step = pressed === 'ArrowDown' ? 1 : -1
      if (here !== undefined) return beside(column(here.node.column), step)
      const siblings = links.filter((it) => it.link.from === link?.from).sort((a, b) => a.middle.y - b.middle.y)
      return beside(siblings.map((it) => it.link.key), step)
    }
    case 'Home':
      return column(0)[0] ?? key
    case 'End':
      return column(last)[0] ?? key
    default:
      return null
  }
}

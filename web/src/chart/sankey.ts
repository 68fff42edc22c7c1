/** What happens at the last drawn place of a strand. */
export type StrandEnd = 'ended' | 'arrived' | 'open'

/** One way through: what it meets in order, and how many paths took it. */
export type Strand = { readonly elements: readonly string[]; readonly times: number; readonly end: StrandEnd }

/** On, back to what this very path met before, or the same again. */
export type LinkLook = 'forward' | 'return' | 'loop'

/** An element at one place of the paths; without an element it stands for all smaller ones. */
export type SankeyNode = {
  readonly key: string
  readonly column: number
  readonly element: string | null
  /** How many elements it stands for. */
  readonly elementsCount: number
  readonly times: number
  /** Paths that come to it; differs from `times` only where two drawings are joined. */
  readonly coming: number
  /** Paths that were on their way before the first drawn column. */
  readonly earlier: number
  readonly ended: number
  readonly arrived: number
  /** Paths that are drawn no further. */
  readonly open: number
  readonly strands: readonly number[]
}

export type SankeyLink = {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly look: LinkLook
  readonly times: number
  readonly strands: readonly number[]
}

export type Sankey = {
  readonly columns: readonly (readonly SankeyNode[])[]
  /** The number that the first column is called by: 0 is the event that paths are aligned at, or where they start. */
  readonly first: number
  readonly links: readonly SankeyLink[]
  readonly strands: readonly Strand[]
}

export type Weave = {
  readonly columns: number
  /** Elements with a node of their own per column. */
  readonly branches: number
  /** Which end of all paths lies in one column. */
  readonly align: 'start' | 'end'
}

type Tally = { column: number; element: string | null; elements: Set<string>; times: number; earlier: number; ended: number; arrived: number; open: number; strands: number[] }

/** Lays ways over each other: what is equal at one place becomes one node. Nothing is lost: what is too small is in its column's last node. */
export function weave(strands: readonly Strand[], { columns: most, branches, align }: Weave): Sankey {
  const count = Math.min(most, Math.max(0, ...strands.map((it) => it.elements.length)))
  const cells = strands.map(({ elements }) => {
    const skipped = align === 'start' ? 0 : Math.max(0, elements.length - count)
    const shift = align === 'start' ? 0 : count - elements.length
    const shown = elements.slice(skipped, skipped + count)
    return { skipped, shown: shown.map((element, index) => ({ element, place: skipped + index, column: skipped + index + shift })) }
  })
  const own = ownElements(cells.map((it) => it.shown), strands, count, branches)
  const nodes = new Map<string, Tally>()
  const links = new Map<string, { from: string; to: string; look: LinkLook; times: number; strands: number[] }>()
  strands.forEach(({ elements, times, end }, index) => {
    const cell = cells[index]
    if (cell === undefined) return
    let before: string | null = null
    cell.shown.forEach(({ element, place, column }, at) => {
      const isOwn = own[column]?.has(element) === true
      const key = `${column} ${isOwn ? element : ''}`
      const node = nodes.get(key) ?? { column, element: isOwn ? element : null, elements: new Set(), times: 0, earlier: 0, ended: 0, arrived: 0, open: 0, strands: [] }
      nodes.set(key, node)
      node.elements.add(element)
      node.times += times
      node.strands.push(index)
      if (at === 0 && cell.skipped > 0) node.earlier += times
      if (at + 1 === cell.shown.length) node[place + 1 < elements.length ? 'open' : end] += times
      if (before !== null) {
        const look = lookOf(elements, place)
        const linkKey = `${before}>${key}>${look}`
        const link = links.get(linkKey) ?? { from: before, to: key, look, times: 0, strands: [] }
        links.set(linkKey, link)
        link.times += times
        link.strands.push(index)
      }
      before = key
    })
  })
  const made = [...nodes].map(([key, { elements, ...node }]): SankeyNode => ({ ...node, key, elementsCount: elements.size, coming: node.times }))
  return {
    first: align === 'start' ? 0 : 1 - count,
    columns: Array.from({ length: count }, (_, column) => made.filter((it) => it.column === column).sort(bySize)),
    links: [...links].map(([key, link]) => ({ key, ...link })),
    strands,
  }
}

/** Per column the elements that get a node of their own. A single one that is left over gets one too. */
function ownElements(
  cells: readonly (readonly { readonly element: string; readonly column: number }[])[],
  strands: readonly Strand[],
  count: number,
  branches: number,
): readonly ReadonlySet<string>[] {
  const sums = Array.from({ length: count }, () => new Map<string, number>())
  cells.forEach((shown, index) => {
    for (const { element, column } of shown) sums[column]?.set(element, (sums[column]?.get(element) ?? 0) + (strands[index]?.times ?? 0))
  })
  return sums.map((column) => {
    const sorted = [...column].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    return new Set(sorted.slice(0, sorted.length <= branches + 1 ? sorted.length : branches).map(([element]) => element))
  })
}

function bySize(one: SankeyNode, other: SankeyNode): number {
  if ((one.element === null) !== (other.element === null)) return one.element === null ? 1 : -1
  return other.times - one.times || (one.key < other.key ? -1 : 1)
}

/** How a path comes to its place. */
export function lookOf(elements: readonly string[], place: number): LinkLook {
  const element = elements[place] ?? ''
  if (elements[place - 1] === element) return 'loop'
  return elements.slice(0, place).includes(element) ? 'return' : 'forward'
}

/** What leads to an event and what follows it, as one drawing: the last column of the one is the first of the other. */
export function join(before: Sankey, after: Sankey): Sankey {
  const shift = Math.max(0, before.columns.length - 1)
  const offset = before.strands.length
  const renamed = (key: string) => {
    const at = key.indexOf(' ')
    return `${Number(key.slice(0, at)) + shift}${key.slice(at)}`
  }
  const later = (strands: readonly number[]) => strands.map((it) => it + offset)
  const right = after.columns.map((column) =>
    column.map((node): SankeyNode => ({ ...node, key: renamed(node.key), column: node.column + shift, coming: node.column === 0 ? 0 : node.coming, strands: later(node.strands) })),
  )
  const [left, here] = [before.columns.slice(0, shift), before.columns[shift] ?? []]
  const meeting = (right[0] ?? []).map((node): SankeyNode => {
    const twin = here.find((it) => it.element === node.element)
    return twin === undefined ? node : { ...node, coming: twin.times, earlier: twin.earlier, strands: [...twin.strands, ...node.strands] }
  })
  const lone = here
    .filter((it) => !meeting.some((node) => node.element === it.element))
    .map((node): SankeyNode => ({ ...node, times: 0 }))
  return {
    first: before.first,
    columns: [...left, [...meeting, ...lone].sort(bySize), ...right.slice(1)],
    links: [
      ...before.links,
      ...after.links.map((link) => {
        const [from, to] = [renamed(link.from), renamed(link.to)]
        return { ...link, key: `${from}>${to}>${link.look}`, from, to, strands: later(link.strands) }
      }),
    ],
    strands: [...before.strands, ...after.strands],
  }
}

/** How many paths of some ways go along each link and through each node. */
export function partsOf(sankey: Sankey, strands: ReadonlySet<number>): ReadonlyMap<string, number> {
  const sum = (all: readonly number[]) => all.reduce((times, it) => times + (strands.has(it) ? (sankey.strands[it]?.times ?? 0) : 0), 0)
  const parts = new Map<string, number>()
  for (const it of [...sankey.links, ...sankey.columns.flat()]) {
    const times = sum(it.strands)
    if (times > 0) parts.set(it.key, times)
  }
  return parts
}

/** The node or link with a key. */
export function itemOf(sankey: Sankey, key: string): SankeyNode | SankeyLink | undefined {
  return sankey.columns.flat().find((it) => it.key === key) ?? sankey.links.find((it) => it.key === key)
}

export function isNode(item: SankeyNode | SankeyLink): item is SankeyNode {
  return 'column' in item
}

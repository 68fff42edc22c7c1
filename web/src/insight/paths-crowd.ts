import type { PathsReply, Through } from '../api/paths.ts'
import { isNode, type Sankey, type SankeyLink, type SankeyNode } from '../chart/sankey.ts'
import type { PathsReplies } from './paths.ts'

/** Some of the people behind a node or a band of the river, as the server finds them. */
export type Crowd = {
  readonly kind: 'here' | 'coming' | 'earlier' | 'ended' | 'arrived' | 'open' | 'along'
  readonly reply: PathsReply
  readonly through: Through
}

/** Everybody whom a part of the drawing stands for. */
export function crowdsOf(sankey: Sankey, item: SankeyNode | SankeyLink, drawn: PathsReplies): readonly Crowd[] {
  return isNode(item) ? ofNode(sankey, item, drawn) : ofLink(sankey, item, drawn)
}

type Side = 'before' | 'after'

function ofNode(sankey: Sankey, node: SankeyNode, drawn: PathsReplies): readonly Crowd[] {
  const side = sideOf(sankey, node, drawn)
  const crowd = (kind: Crowd['kind'], of: Side, band?: Through['band']): readonly Crowd[] => {
    const reply = drawn[of]
    return reply === undefined ? [] : [{ kind, reply, through: { ...placeOf(sankey, node, of), ...(band === undefined ? {} : { band }) } }]
  }
  // The event in the middle ends the paths of one question and begins those of the other.
  const isMeeting = side === 'after' && drawn.before !== undefined && sankey.first + node.column === 0
  const coming = isMeeting ? 'before' : side
  return [
    ...(isMeeting && node.coming > 0 ? crowd('coming', 'before') : []),
    ...(node.times > 0 ? crowd('here', side) : []),
    ...(node.earlier > 0 ? crowd('earlier', coming, 'earlier') : []),
    ...(node.ended > 0 ? crowd('ended', side, 'ended') : []),
    ...(node.arrived > 0 && side === 'after' ? crowd('arrived', side, 'ended') : []),
    ...(node.open > 0 ? crowd('open', side, 'open') : []),
  ]
}

function ofLink(sankey: Sankey, link: SankeyLink, drawn: PathsReplies): readonly Crowd[] {
  const nodes = sankey.columns.flat()
  const [from, to] = [nodes.find((it) => it.key === link.from), nodes.find((it) => it.key === link.to)]
  if (from === undefined || to === undefined) return []
  const side = sideOf(sankey, from, drawn)
  const reply = drawn[side]
  if (reply === undefined) return []
  return [{ kind: 'along', reply, through: { ...placeOf(sankey, from, side), band: { to: { at: amongOf(sankey, to, side), look: link.look } } } }]
}

function sideOf(sankey: Sankey, node: SankeyNode, { before, after }: PathsReplies): Side {
  return before !== undefined && (after === undefined || sankey.first + node.column < 0) ? 'before' : 'after'
}

function placeOf(sankey: Sankey, node: SankeyNode, side: Side): Pick<Through, 'align' | 'place' | 'at'> {
  const number = sankey.first + node.column
  return { align: side === 'before' ? 'end' : 'start', place: Math.abs(number), at: amongOf(sankey, node, side) }
}

/** The element of a node; the last node of a column stands for all that have none of their own there. */
function amongOf(sankey: Sankey, node: SankeyNode, side: Side): Through['at'] {
  if (node.element !== null) return { is: [node.element] }
  const column = sankey.columns[node.column] ?? []
  const own = column.filter((it) => (side === 'before' ? it.coming : it.times) > 0)
  return { is_not: own.flatMap((it) => (it.element === null ? [] : [it.element])) }
}

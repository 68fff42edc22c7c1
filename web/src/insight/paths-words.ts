import type { PathsReply, TransitionsReply } from '../api/paths.ts'
import { channels } from '../api/model.ts'
import { isNode, type Sankey, type SankeyLink, type SankeyNode } from '../chart/sankey.ts'
import type { Format } from '../i18n/use-format.ts'
import type { Text } from '../i18n/use-text.ts'
import { nameElements, type PathsReplies } from './paths.ts'
import type { PathsAsk } from './paths-ask.ts'

/** What elements are called: channels have a name in every language, the rest is named by the workspace. */
export function namesOf(text: Text, ask: PathsAsk, replies: readonly (PathsReply | undefined)[], transitions?: TransitionsReply): (id: string) => string {
  if (ask.by === 'channel') {
    return (id) => {
      const channel = channels.find((it) => it === id)
      return channel === undefined ? id : text(`channel.${channel}`)
    }
  }
  const names = nameElements([...replies.flatMap((it) => it?.numbers.elements ?? []), ...(transitions?.numbers.elements ?? []).map((it) => it.element)], text('label.rest'))
  return (id) => names.get(id) ?? id
}

export type SankeyWords = ReturnType<typeof sankeyWords>

/** Everything that the drawing says in words. */
export function sankeyWords(text: Text, format: Format, ask: PathsAsk, sankey: Sankey, { before, after }: PathsReplies, nameOf: (id: string) => string) {
  const sides = { before: before?.numbers.total.times ?? 0, after: after?.numbers.total.times ?? 0 }
  const numberOf = (node: SankeyNode) => sankey.first + node.column
  const wholeOf = (number: number) => Math.max(1, number < 0 || after === undefined ? sides.before : sides.after)
  // Where a rare way goes is not known, so the heads of columns are about those that are drawn.
  const drawnOf = (number: number) => wholeOf(number) - ((number < 0 || after === undefined ? before : after)?.numbers.rest.times ?? 0)
  const paths = (count: number) => text('paths.count', { count, shown: format.count(count) })
  const placeName = (number: number) => {
    if (ask.mode === 'start') return text('paths.place', { number: number + 1 })
    if (number === 0) return text(ask.mode === 'between' ? 'paths.fromEvent' : 'paths.theEvent')
    return number < 0 ? text('paths.placesBefore', { count: -number }) : text('paths.placesAfter', { count: number })
  }
  const nodeName = (node: SankeyNode) => (node.element === null ? text('paths.others', { count: node.elementsCount }) : nameOf(node.element))
  const find = (key: string) => sankey.columns.flat().find((it) => it.key === key)
  const nameAt = (key: string) => {
    const node = find(key)
    return node === undefined ? '' : nodeName(node)
  }
  const linkName = (link: SankeyLink) => text('paths.link', { from: nameAt(link.from), to: nameAt(link.to) })
  const describeNode = (node: SankeyNode) => {
    const lines = [text('paths.ofAll', { paths: paths(node.times), share: format.share(node.times / wholeOf(numberOf(node))) })]
    if (node.coming !== node.times && numberOf(node) === 0 && before !== undefined) lines.unshift(text('paths.coming', { paths: paths(node.coming) }))
    if (node.earlier > 0) lines.push(text('paths.earlier', { paths: paths(node.earlier) }))
    if (node.ended > 0) lines.push(text('paths.endHere', { paths: paths(node.ended), share: format.share(node.ended / Math.max(1, node.times)) }))
    if (node.arrived > 0 && ask.mode === 'between') lines.push(text('paths.arriveHere', { paths: paths(node.arrived) }))
    if (node.open > 0) lines.push(text('paths.openHere', { paths: paths(node.open) }))
    const place = placeName(numberOf(node))
    return { title: text('paths.nodeTitle', { place, name: nodeName(node) }), lines, told: [place, ...lines].join(text('list.and')) }
  }
  const describeLink = (link: SankeyLink) => {
    const from = find(link.from)
    const share = link.times / Math.max(1, from?.times ?? link.times)
    const lines = [text('paths.ofFrom', { paths: paths(link.times), share: format.share(share), name: nameAt(link.from) })]
    if (link.look !== 'forward') lines.push(text(`paths.looks.${link.look}`))
    const title = linkName(link)
    return { title, lines, told: [title, ...lines].join(text('list.and')) }
  }
  return {
    placeName,
    nodeName,
    linkName,
    numberOf,
    nodeNumber: (node: SankeyNode) => text('paths.nodeNumber', { count: format.count(node.times || node.coming), share: format.share((node.times || node.coming) / wholeOf(numberOf(node))) }),
    head: (column: readonly SankeyNode[], number: number) => {
      const times = column.reduce((sum, it) => sum + (number < 0 ? it.coming : it.times), 0)
      return { title: placeName(number), note: times === 0 ? '' : text(number < 0 ? 'paths.hadBegun' : 'paths.getHere', { share: format.share(times / Math.max(1, drawnOf(number))) }) }
    },
    describe: (item: SankeyNode | SankeyLink) => (isNode(item) ? describeNode(item) : describeLink(item)),
  }
}

/** The same drawing as rows of a table: every band, and every place where paths end. */
export function sankeyRows(text: Text, format: Format, sankey: Sankey, words: SankeyWords): readonly (readonly string[])[] {
  const nodes = sankey.columns.flat()
  return nodes.flatMap((node) => {
    const place = words.placeName(words.numberOf(node))
    const name = words.nodeName(node)
    const row = (to: string, times: number, kind: string) => [text('paths.twinRow', { place, from: name, to }), format.count(times), format.share(times / Math.max(1, node.times)), kind]
    const bands = sankey.links.filter((it) => it.from === node.key).sort((a, b) => b.times - a.times)
    const nameAt = (key: string) => {
      const found = nodes.find((it) => it.key === key)
      return found === undefined ? '' : words.nodeName(found)
    }
    return [
      ...bands.map((it) => row(nameAt(it.to), it.times, text(`paths.looks.${it.look}`))),
      ...(node.ended > 0 ? [row(text('paths.ends'), node.ended, text('paths.ends'))] : []),
      ...(node.arrived > 0 ? [row(text('paths.arrives'), node.arrived, text('paths.arrives'))] : []),
      ...(node.open > 0 ? [row(text('paths.goesOn'), node.open, text('paths.goesOn'))] : []),
    ]
  })
}

import { useMemo, useState } from 'react'
import type { TransitionsReply } from '../api/paths.ts'
import { Graph, type GraphItem } from '../chart/graph.tsx'
import { byTimes, type GraphEdge, type GraphNode, shareShown } from '../chart/graph-layout.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import style from './paths.module.css'

/** Edges that can be drawn at all, and those that are drawn until somebody asks for more. */
const [EDGES_MAX, EDGES_USUAL] = [60, 14] as const

type GraphProps = { readonly reply: TransitionsReply; readonly nameOf: (id: string) => string }

/** What follows what, drawn: the most frequent transitions, and how much of all they are. */
export function TransitionsGraph({ reply, nameOf }: GraphProps) {
  const text = useText()
  const format = useFormat()
  const { elements, transitions } = reply.numbers
  const all = useMemo(() => byTimes(transitions.map(({ from, to, passes }): GraphEdge => ({ from, to, times: passes.times }))), [transitions])
  const [wanted, setWanted] = useState<number>(EDGES_USUAL)
  const most = Math.min(EDGES_MAX, all.length)
  const count = Math.min(wanted, most)
  const edges = useMemo(() => all.slice(0, count), [all, count])
  const nodes = useMemo(() => elements.map(({ element, visits }): GraphNode => ({ id: element.id, times: visits.times })), [elements])
  if (all.length === 0) return null
  const visitsOf = (id: string) => elements.find((it) => it.element.id === id)
  const transitionOf = ({ from, to }: GraphEdge) => transitions.find((it) => it.from === from && it.to === to)
  const shareOf = ({ from, times }: GraphEdge) => format.share(times / Math.max(1, visitsOf(from)?.visits.times ?? 0))
  const titleOf = (item: GraphItem) => (item.kind === 'node' ? nameOf(item.id) : text('paths.link', { from: nameOf(item.edge.from), to: nameOf(item.edge.to) }))
  const tell = (item: GraphItem) => {
    if (item.kind === 'node') return `${titleOf(item)}: ${text('graph.visits', { shown: format.count(visitsOf(item.id)?.visits.times ?? 0) })}`
    return `${titleOf(item)}: ${text('graph.edge', { times: format.count(item.edge.times), share: shareOf(item.edge), median: format.span(transitionOf(item.edge)?.median_ms ?? 0) })}`
  }
  const shown = text('graph.shown', { count: edges.length, edges: format.count(edges.length), all: format.count(all.length), share: format.share(shareShown(all, count)) })
  return (
    <Section
      title={text('graph.title')}
      note={shown}
      aside={
        <label className={style.slider}>
          <span>{text('graph.more')}</span>
          <input type="range" min={1} max={most} value={count} aria-valuetext={shown} onChange={(event) => setWanted(Number(event.currentTarget.value))} />
        </label>
      }
    >
      <Graph
        label={text('graph.label')}
        nodes={nodes}
        edges={edges}
        nodeName={nameOf}
        nodeNumber={(id) => format.count(visitsOf(id)?.visits.times ?? 0)}
        edgeNumber={shareOf}
        tell={tell}
        details={(item) => <Details item={item} reply={reply} title={titleOf(item)} share={item.kind === 'edge' ? shareOf(item.edge) : ''} />}
      />
      <p className={style.hint}>{text('graph.about')}</p>
    </Section>
  )
}

type DetailsProps = { readonly item: GraphItem; readonly reply: TransitionsReply; readonly title: string; readonly share: string }

/** The numbers and the people behind a place or an arrow. */
function Details({ item, reply, title, share }: DetailsProps) {
  const text = useText()
  const format = useFormat()
  const of = { report: reply.report }
  if (item.kind === 'edge') {
    const { from, to } = item.edge
    const transition = reply.numbers.transitions.find((it) => it.from === from && it.to === to)
    if (transition === undefined) return null
    return (
      <div className={style.details}>
        <h2>{title}</h2>
        <p>{text('graph.edge', { times: format.count(transition.passes.times), share, median: format.span(transition.median_ms) })}</p>
        <p>
          {text('paths.p90')} {format.span(transition.p90_ms)}
        </p>
        <p>
          {text('paths.profiles')} <Count value={transition.passes.profiles} people={{ of, select: { kind: 'transitions', of: { transition: { from, to } } }, title }} />
        </p>
      </div>
    )
  }
  const visits = reply.numbers.elements.find((it) => it.element.id === item.id)
  if (visits === undefined) return null
  const parts = [
    ['visit', visits.visits.profiles, text('paths.profiles')],
    ['start', visits.starts.profiles, text('paths.startHere')],
    ['end', visits.ends.profiles, text('paths.endProfiles')],
  ] as const
  return (
    <div className={style.details}>
      <h2>{title}</h2>
      <p>{text('graph.visits', { shown: format.count(visits.visits.times) })}</p>
      {parts.map(([part, value, name]) => (
        <p key={part}>
          {name} <Count value={value} people={{ of, select: { kind: 'transitions', of: { [part]: item.id } }, title: text(`paths.parts.${part}`, { name: title }) }} />
        </p>
      ))}
    </div>
  )
}

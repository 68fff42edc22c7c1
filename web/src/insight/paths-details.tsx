import { useQuery } from '@tanstack/react-query'
import type { PathsReply, TransitionsReply } from '../api/paths.ts'
import { peopleCountQuery } from '../api/people.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { isNode, lookOf, type Sankey } from '../chart/sankey.ts'
import type { SankeyItem } from '../chart/sankey.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { Count } from '../ui/count.tsx'
import { useOpenPeople } from '../ui/people.ts'
import type { PathsReplies } from './paths.ts'
import type { SankeyWords } from './paths-words.ts'
import { type Crowd, crowdsOf } from './paths-crowd.ts'
import { WayLine } from './way-line.tsx'
import style from './paths.module.css'

type DetailsProps = {
  readonly item: SankeyItem
  readonly sankey: Sankey
  readonly drawn: PathsReplies
  readonly transitions: TransitionsReply
  readonly nameOf: (id: string) => string
  readonly words: SankeyWords
}

const WAYS_SHOWN = 6

/** What lies behind one place of the river: its people, and the ways that lead through it. */
export function PathsDetails({ item, sankey, drawn, transitions, nameOf, words }: DetailsProps) {
  const text = useText()
  const format = useFormat()
  const { title, lines } = words.describe(item)
  const edge = drawn.before?.numbers.paths.length ?? 0
  const wayAt = (strand: number): readonly [PathsReply | undefined, number] => (strand < edge ? [drawn.before, strand] : [drawn.after, strand - edge])
  const strands = [...item.strands].sort((a, b) => (sankey.strands[b]?.times ?? 0) - (sankey.strands[a]?.times ?? 0))
  return (
    <div className={style.details}>
      <h2>{title}</h2>
      {lines.map((it) => (
        <p key={it}>{it}</p>
      ))}
      {crowdsOf(sankey, item, drawn).map((it) => (
        <CrowdLine key={it.kind} crowd={it} title={title} />
      ))}
      <Anywhere item={item} sankey={sankey} transitions={transitions} nameOf={nameOf} />
      <h3>{text('paths.waysThrough', { count: strands.length, shown: format.count(strands.length) })}</h3>
      <ul>
        {strands.slice(0, WAYS_SHOWN).map((strand) => {
          const [reply, index] = wayAt(strand)
          const way = reply?.numbers.paths[index]
          if (reply === undefined || way === undefined) return null
          return (
            <li key={strand}>
              <WayLine elements={way.elements} lookAt={lookOf} nameOf={nameOf} most={8} />
              <Count value={way.passes.profiles} people={{ of: { report: reply.report }, select: { kind: 'paths', of: { path: way.elements } }, title: way.elements.map(nameOf).join(' → ') }} />
            </li>
          )
        })}
      </ul>
      {strands.length > WAYS_SHOWN && <p>{text('paths.moreWays', { count: strands.length - WAYS_SHOWN, shown: format.count(strands.length - WAYS_SHOWN) })}</p>}
    </div>
  )
}

/** How many different profiles some of the drawn paths are of. */
function CrowdLine({ crowd: { kind, reply, through }, title }: { readonly crowd: Crowd; readonly title: string }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const people = { of: { report: reply.report }, select: { kind: 'paths', of: { through } }, title: text('paths.crowdTitle', { name: title, crowd: text(`paths.crowds.${kind}`) }), asked: reply.asked }
  const { asOf } = useAsOf()
  // Where a report is shared, numbers have no people behind them.
  const isShared = useOpenPeople() === null
  const count = useQuery({ ...peopleCountQuery(ws, people.of, people.select, people.asked, asOf), enabled: !isShared })
  if (isShared) return null
  return (
    <p className={style.crowd}>
      <span>{text(`paths.crowds.${kind}`)}</span>
      {count.error !== null ? <span>{text('look.failed')}</span> : count.data === undefined ? <span aria-busy="true">…</span> : <Count value={count.data} people={people} />}
    </p>
  )
}

/** The profiles that did this at any place of their paths: a number that the log knows whole. */
function Anywhere({ item, sankey, transitions, nameOf }: Pick<DetailsProps, 'item' | 'sankey' | 'transitions' | 'nameOf'>) {
  const text = useText()
  const of = { report: transitions.report }
  if (isNode(item)) {
    const visits = transitions.numbers.elements.find((it) => it.element.id === item.element)
    if (visits === undefined) return null
    const title = nameOf(visits.element.id)
    return (
      <p>
        {text('paths.anywhere', { name: title })} <Count value={visits.visits.profiles} people={{ of, select: { kind: 'transitions', of: { visit: visits.element.id } }, title }} />
      </p>
    )
  }
  const elementOf = (key: string) => sankey.columns.flat().find((it) => it.key === key)?.element
  const [from, to] = [elementOf(item.from), elementOf(item.to)]
  const transition = transitions.numbers.transitions.find((it) => it.from === from && it.to === to)
  if (transition === undefined) return null
  const title = text('paths.link', { from: nameOf(transition.from), to: nameOf(transition.to) })
  return (
    <p>
      {text('paths.hopAnywhere', { name: title })}{' '}
      <Count value={transition.passes.profiles} people={{ of, select: { kind: 'transitions', of: { transition: { from: transition.from, to: transition.to } } }, title }} />
    </p>
  )
}

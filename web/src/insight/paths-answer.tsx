import { type ReactNode, useMemo, useState } from 'react'
import type { PathsReply, TransitionsReply } from '../api/paths.ts'
import type { Sankey } from '../chart/sankey.ts'
import { type SankeyItem, SankeyRiver } from '../chart/sankey.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { type PathsChange, type PathsReplies, sankeyOf } from './paths.ts'
import type { PathsAsk } from './paths-ask.ts'
import { namesOf, sankeyRows, type SankeyWords, sankeyWords } from './paths-words.ts'
import { PathsDetails } from './paths-details.tsx'
import { TransitionsGraph } from './transitions-graph.tsx'
import { TransitionsSection } from './transitions-table.tsx'
import { Ways } from './ways-list.tsx'
import style from './paths.module.css'

type AnswerProps = {
  readonly ask: PathsAsk
  /** True while these numbers are of the question before. */
  readonly isStale: boolean
  readonly drawn: PathsReplies
  readonly listed: PathsReplies
  readonly transitions: TransitionsReply
  readonly table: 'transitions' | 'elements'
  readonly showTable: (table: 'transitions' | 'elements') => void
  readonly change: (change: PathsChange) => void
}

/** The river, the ways that it is woven of, and what follows what. */
export function PathsAnswerView({ ask, isStale, drawn, listed, transitions, table, showTable, change }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const [followed, setFollowed] = useState<number | null>(null)
  const sankey = useMemo(() => sankeyOf(ask, drawn), [ask, drawn.before, drawn.after])
  const follow = useMemo(() => (followed === null ? null : new Set([followed])), [followed])
  const nameOf = namesOf(text, ask, [drawn.before, drawn.after], transitions)
  const words = sankeyWords(text, format, ask, sankey, drawn, nameOf)
  const rests = restsOf(drawn, sankey)
  const isNothing = (drawn.before?.numbers.total.times ?? 0) + (drawn.after?.numbers.total.times ?? 0) === 0
  return (
    <div className={style.answer} data-stale={isStale || undefined}>
      <dl className={style.figures}>
        {drawn.before !== undefined && <Figures ask={ask} reply={drawn.before} side="before" />}
        {drawn.after !== undefined && <Figures ask={ask} reply={drawn.after} side="after" />}
      </dl>
      {isNothing ? (
        <Empty title={text('paths.none')}>{text(ask.mode === 'start' ? 'paths.noneNote' : 'paths.noneThere')}</Empty>
      ) : (
        <>
          <PathsRiver
            sankey={sankey}
            drawn={drawn}
            words={words}
            followed={follow}
            details={(item) => <PathsDetails item={item} sankey={sankey} drawn={drawn} transitions={transitions} nameOf={nameOf} words={words} />}
          />
          <Notes ask={ask} drawn={drawn} hasRest={rests.length > 0} />
          <Ways ask={ask} listed={listed} nameOf={nameOf} change={change} onFollow={(side, index) => setFollowed(index === null ? null : index + (side === 'after' ? (drawn.before?.numbers.paths.length ?? 0) : 0))} />
        </>
      )}
      <TransitionsGraph reply={transitions} nameOf={nameOf} />
      {transitions.numbers.transitions.length > 0 && <TransitionsSection reply={transitions} nameOf={nameOf} table={table} showTable={showTable} />}
    </div>
  )
}

type RiverProps = {
  readonly sankey: Sankey
  readonly drawn: PathsReplies
  readonly words: SankeyWords
  readonly followed?: ReadonlySet<number> | null
  readonly details: (item: SankeyItem) => ReactNode
}

/** The river itself, with what its colors mean. */
export function PathsRiver({ sankey, drawn, words, followed = null, details }: RiverProps) {
  const text = useText()
  const format = useFormat()
  const hasReturns = sankey.links.some((it) => it.look === 'return')
  const hasLoops = sankey.links.some((it) => it.look === 'loop')
  return (
    <>
      <TableTwin
        label={text('paths.river')}
        twin={{ head: [text('paths.twinHead'), text('paths.paths'), text('paths.shareOfFrom'), text('paths.kind')], rows: sankeyRows(text, format, sankey, words) }}
      >
        <SankeyRiver
          label={text('paths.riverLabel')}
          sankey={sankey}
          followed={followed}
          head={words.head}
          nodeName={words.nodeName}
          nodeNumber={words.nodeNumber}
          describe={words.describe}
          details={details}
          rests={restsOf(drawn, sankey)}
        />
      </TableTwin>
      <p className={style.legend}>
        <span className={style.key} data-look="forward">
          {text('paths.looks.forward')}
        </span>
        {hasReturns && (
          <span className={style.key} data-look="return">
            {text('paths.looks.return')}
          </span>
        )}
        {hasLoops && (
          <span className={style.key} data-look="loop">
            {text('paths.looks.loop')}
          </span>
        )}
        <span className={style.key} data-look="end">
          {text('paths.ends')}
        </span>
        <span className={style.hint}>{text('paths.riverHint')}</span>
      </p>
    </>
  )
}

/** Where the ways that are not drawn stand. */
function restsOf(drawn: PathsReplies, sankey: Sankey) {
  const of = (reply: PathsReply | undefined, from: number, to: number) =>
    reply === undefined || reply.numbers.rest.times === 0 ? [] : [{ times: reply.numbers.rest.times, from, to, words: <Rest reply={reply} /> }]
  return [...of(drawn.before, 0, -sankey.first), ...of(drawn.after, -sankey.first, sankey.columns.length - 1)]
}

type SideProps = { readonly ask: PathsAsk; readonly reply: PathsReply; readonly side: 'before' | 'after' }

/** How many paths an answer is about, whose they are, and how different they are. */
function Figures({ ask, reply, side }: SideProps) {
  const text = useText()
  const format = useFormat()
  const { total, variants, unfinished } = reply.numbers
  const of = { report: reply.report }
  const name = (key: 'paths' | 'profiles') => (ask.mode === 'around' ? text(`paths.${side}Figures.${key}`) : text(`paths.${key}`))
  const isGoal = ask.mode === 'between' || side === 'before'
  return (
    <>
      <Figure name={name('paths')}>{format.count(total.times)}</Figure>
      <Figure name={name('profiles')}>
        <Count value={total.profiles} people={{ of, select: { kind: 'paths', of: 'all' }, title: name('profiles') }} />
      </Figure>
      {ask.mode !== 'around' && <Figure name={text('paths.ways')}>{format.count(variants)}</Figure>}
      {ask.mode !== 'around' && isGoal && (
        <Figure name={text(side === 'before' ? 'paths.neverMet' : 'paths.neverArrived')}>
          <Count value={unfinished.profiles} people={{ of, select: { kind: 'paths', of: 'unfinished' }, title: text(side === 'before' ? 'paths.neverMet' : 'paths.neverArrived') }} />
        </Figure>
      )}
    </>
  )
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The ways that are too many to draw, as one number with its people. */
function Rest({ reply }: { readonly reply: PathsReply }) {
  const text = useText()
  const format = useFormat()
  const { rest } = reply.numbers
  return (
    <>
      {text('paths.restLine', { ways: format.count(reply.left_out.capped), paths: format.count(rest.times) })}{' '}
      <Count value={rest.profiles} people={{ of: { report: reply.report }, select: { kind: 'paths', of: 'rest' }, title: text('paths.restTitle') }} />
    </>
  )
}

/** Where paths begin and end. */
function aboutPaths({ mode, occurrence, tail }: PathsAsk, text: Text): string {
  const isOfEvent = mode !== 'start'
  const hasTail = tail === true && (mode === 'before' || mode === 'around')
  const plain = mode === 'around' && occurrence !== undefined ? text('paths.aboutSameTime') : hasTail && mode === 'before' && occurrence === undefined ? text('paths.aboutEach') : mode === 'before' && occurrence !== undefined ? '' : text(`paths.about.${mode}`)
  const which = !isOfEvent || occurrence === undefined ? '' : occurrence === 'last' ? text('paths.aboutLast') : text('paths.aboutNth', { number: occurrence })
  return [plain, which, hasTail ? text('paths.aboutTail') : ''].filter((it) => it !== '').join(' ')
}

/** What the numbers do not show, in sentences. */
function Notes({ ask, drawn, hasRest }: { readonly ask: PathsAsk; readonly drawn: PathsReplies; readonly hasRest: boolean }) {
  const text = useText()
  const format = useFormat()
  const cut = drawn.after?.numbers.cut ?? 0
  return (
    <p className={style.hint}>
      {aboutPaths(ask, text)}
      {ask.repeats !== true && ` ${text('paths.collapsed')}`}
      {cut > 0 && ` ${text('paths.cut', { count: cut, shown: format.count(cut), length: ask.length })}`}
      {` ${text('paths.hop')}`}
      {hasRest && ` ${text('paths.headsOfDrawn')}`}
    </p>
  )
}

import type { TopicAnswer, TopicsReply, TopicsReport, TopicsSelect } from '../api/topics.ts'
import { SparkLine } from '../chart/spark-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { contrastCells, contrastHeads, contrastWords } from './contrast.ts'
import funnelStyle from './funnel.module.css'
import { QuoteList } from './quote-list.tsx'
import { topicName } from './topics.ts'
import style from './topics.module.css'

type Numbers = TopicsReply['numbers']
type AnswerProps = { readonly topics: TopicsReport; readonly reply: TopicsReply }

/** Names the people behind a number of topics. */
function usePeopleOf(topics: TopicsReport) {
  const of = { report: { kind: 'topics' as const, ...topics } }
  return (title: string, select: TopicsSelect) => ({ of, title, select: { kind: 'topics', of: select } })
}

/** What texts are about, and how many of them nothing is known of. */
export function TopicsAnswerView({ topics, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  return (
    <>
      <TopicsFigures topics={topics} numbers={numbers} />
      {numbers.topics.length === 0 ? (
        <Empty title={text('topics.none')}>{text('topics.noneNote')}</Empty>
      ) : (
        <Section title={text('topics.topics')} note={text('topics.topicsNote')}>
          <TopicsList topics={topics} numbers={numbers} />
        </Section>
      )}
      <p className={funnelStyle.hint}>
        {numbers.gave_up != null && <b>{text('topics.notCause')}</b>} {text('topics.method')}
        {left_out.capped > 0 && ` ${text('topics.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}`}
      </p>
    </>
  )
}

/** How much was written, by how many, and how much of it is told. */
export function TopicsFigures({ topics, numbers }: { readonly topics: TopicsReport; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(topics)
  const { texts, untold, gave_up: gaveUp } = numbers
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('topics.texts')}</dt>
        <dd>
          <strong>{format.count(texts.times)}</strong>
          <span>
            {text('topics.by')} <Count value={texts.profiles} people={people(text('topics.writers'), 'all')} />
          </span>
        </dd>
      </div>
      <div>
        <dt>{text('topics.untold')}</dt>
        <dd>
          <strong>{texts.times === 0 ? '–' : format.share(untold.times / texts.times)}</strong>
          <span>
            {text('topics.by')} <Count value={untold.profiles} people={people(text('topics.untold'), 'untold')} />
          </span>
        </dd>
      </div>
      {gaveUp != null && (
        <div>
          <dt>{text('reasons.gaveUp')}</dt>
          <dd>
            <strong>{gaveUp.whole === 0 ? '–' : format.share(gaveUp.part / gaveUp.whole)}</strong>
            {gaveUp.interval != null && <Interval low={gaveUp.interval.low} high={gaveUp.interval.high} shown={format.share} />}
            <Count value={gaveUp.part} people={people(text('reasons.gaveUp'), 'gave_up')} />
            <span>
              {text('drivers.entered')} <Count value={gaveUp.whole} people={people(text('drivers.entered'), 'entered')} />
            </span>
          </dd>
        </div>
      )}
    </dl>
  )
}

/** Each topic with who writes of it. */
export function TopicsList({ topics, numbers }: { readonly topics: TopicsReport; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const label = text('topics.topics')
  const share = (it: TopicAnswer['gave_up']) => (it == null || it.whole === 0 ? '–' : format.share(it.part / it.whole))
  const head = [text('topics.topic'), text('topics.texts'), text('topics.writers'), text('reasons.heads.gaveUpShare'), text('reasons.heads.convertedShare'), text('contrast.heads.standing'), ...contrastHeads.map((it) => text(`contrast.heads.${it}`))]
  const cells = (it: TopicAnswer) => [
    it.terms.join(' '),
    format.count(it.texts.times),
    format.count(it.texts.profiles),
    share(it.gave_up),
    share(it.converted),
    numbers.gave_up == null ? '–' : text(`topics.standings.${it.standing}`),
    ...contrastCells(it.compared, format),
  ]
  return (
    <TableTwin label={label} twin={{ head, rows: numbers.topics.map(cells) }}>
      <ol className={style.topics} aria-label={label}>
        {numbers.topics.map((it) => (
          <Row key={it.terms[0]} topic={it} topics={topics} numbers={numbers} />
        ))}
      </ol>
    </TableTwin>
  )
}

function Row({ topic, topics, numbers }: { readonly topic: TopicAnswer; readonly topics: TopicsReport; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(topics)
  const { terms, texts, trend, quotes, gave_up: gaveUp, converted, standing, compared } = topic
  const id = terms[0] ?? ''
  const name = topicName(topic)
  const rest = terms.slice(4)
  const of = (part: 'said' | 'gave_up' | 'converted') => people(text(`topics.parts.${part}`, { name }), { of: { topic: id, part } })
  const isOpen = numbers.points.at(-1)?.is_partial === true
  return (
    <li className={style.topic} data-standing={standing}>
      <div className={style.name}>
        <b>{name}</b>
        {rest.length > 0 && <span className={style.rest}>{rest.join(' · ')}</span>}
      </div>
      <div className={style.size}>
        <Meter share={texts.times / Math.max(1, ...numbers.topics.map((it) => it.texts.times))} />
        <span>{text('topics.textsCount', { count: texts.times, shown: format.count(texts.times) })}</span>
        <Count value={texts.profiles} shown={text('reasons.saidBy', { count: texts.profiles, shown: format.count(texts.profiles) })} people={of('said')} />
      </div>
      <SparkLine values={trend} isOpen={isOpen} words={text('topics.trendOf', { name, counts: trend.map((it) => format.count(it)).join(', ') })} />
      {gaveUp != null && converted != null && (
        <p className={style.words}>
          <span className={style.standing}>{text(`topics.standings.${standing}`)}</span>
          <span>
            {text('topics.ofGaveUp', { share: gaveUp.whole === 0 ? '–' : format.share(gaveUp.part / gaveUp.whole) })} <Count value={gaveUp.part} people={of('gave_up')} />
          </span>
          <span>
            {text('topics.ofConverted', { share: converted.whole === 0 ? '–' : format.share(converted.part / converted.whole) })} <Count value={converted.part} people={of('converted')} />
          </span>
          {compared != null && (
            <span>
              {text('topics.shares', { with: format.share(compared.with.part / compared.with.whole), without: format.share(compared.without) })} {contrastWords(compared, text, format)}
            </span>
          )}
        </p>
      )}
      {quotes.length > 0 && (
        <details className={style.said}>
          <summary>{text('reasons.whatTheySay', { count: quotes.length })}</summary>
          <QuoteList quotes={quotes} people={(it) => people(it.text, { quoted: { topic: id, text: it.text } })} />
        </details>
      )}
    </li>
  )
}

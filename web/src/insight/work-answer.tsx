import type { Spans, StepWork, WorkPart, WorkTimeReply } from '../api/work-time.ts'
import { Spread, SpreadAxis } from '../chart/spread.tsx'
import { Survival } from '../chart/survival.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { timeScale } from '../chart/time-scale.ts'
import { useWidth } from '../chart/use-width.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { waitedShare } from './work.ts'
import time from './time.module.css'
import style from './work.module.css'

type AnswerProps = {
  readonly reply: WorkTimeReply
  /** True while these numbers are of the question before. */
  readonly isStale: boolean
  readonly step: string | undefined
  readonly look: (step: string) => void
}

/** The two kinds of spans of a step, and which people belong to each number of them. */
const kinds = [
  { kind: 'waits', begun: 'waits', open: 'still_waiting' },
  { kind: 'work', begun: 'work', open: 'still_in_work' },
] as const satisfies readonly { readonly kind: 'waits' | 'work'; readonly begun: WorkPart; readonly open: WorkPart }[]

const quartersOf = ({ quarter_ms, median_ms, three_quarters_ms }: Spans) => [quarter_ms, median_ms, three_quarters_ms].filter((ms) => ms != null)

/** Waiting and work of every step on one scale of time, and one step from near. */
export function WorkAnswerView({ reply, isStale, step, look }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { steps, followed_to, is_rounded } = reply.numbers
  const here = steps.find((it) => it.name === step) ?? steps.find((it) => it.work.begun.times > 0) ?? steps[0]
  const { span, people } = useWords(reply)
  return (
    <div className={time.answer} data-stale={isStale || undefined}>
      <WorkRows reply={reply} here={here} look={look} />
      <p className={time.hint}>
        {text('work.about', { n: format.count(reply.n), to: format.moment(followed_to) })} {text('work.censored')}
        {is_rounded && ` ${text('time.rounded')}`}
      </p>
      {here !== undefined && <Near here={here} span={span} people={people} />}
    </div>
  )
}

type RowsProps = {
  readonly reply: WorkTimeReply
  /** The step that is looked at, where one can be chosen. */
  readonly here?: StepWork | undefined
  readonly look?: (step: string) => void
}

/** Waiting and work of every step as lines on one scale of time. */
export function WorkRows({ reply, here, look }: RowsProps) {
  const text = useText()
  const format = useFormat()
  const { span, people } = useWords(reply)
  const [box, width] = useWidth<HTMLDivElement>(900)
  const { steps } = reply.numbers
  const lengths = steps.flatMap((it) => [...quartersOf(it.waits), ...quartersOf(it.work)])
  const scale = timeScale(lengths, Math.floor((width < 620 ? width : width - 600) / 64))
  return (
    <div ref={box}>
      <TableTwin
        label={text('time.ofs.work')}
        twin={{
          head: [text('work.step'), text('work.span'), text('time.quarter'), text('time.median'), text('time.threeQuarters'), text('time.profiles'), text('work.times'), text('work.open')],
          rows: steps.flatMap((it) =>
            kinds.map(({ kind }) => [
              it.name,
              text(`work.kinds.${kind}`),
              span(it[kind].quarter_ms),
              span(it[kind].median_ms),
              span(it[kind].three_quarters_ms),
              format.count(it[kind].begun.profiles),
              format.count(it[kind].begun.times),
              format.count(it[kind].unfinished.profiles),
            ]),
          ),
        }}
      >
        <ol className={style.rows} aria-label={text('time.ofs.work')}>
          <li className={style.head} aria-hidden="true">
            <span />
            <span />
            <SpreadAxis scale={scale} showSpan={format.span} />
            <span>{text('time.median')}</span>
            <span>{text('time.profiles')}</span>
            <span>{text('work.open')}</span>
          </li>
          {steps.map((it) => (
            <li key={it.name} className={style.row} data-here={it.name === here?.name || undefined}>
              {look === undefined ? (
                <b>{it.name}</b>
              ) : (
                <button type="button" className={time.name} aria-pressed={it.name === here?.name} onClick={() => look(it.name)}>
                  {it.name}
                </button>
              )}
              {kinds.map(({ kind, begun, open }) => (
                <div key={kind} className={style.spans} data-kind={kind}>
                  <span className={style.kind}>{text(`work.kinds.${kind}`)}</span>
                  <Spread scale={scale} quarter={it[kind].quarter_ms ?? null} median={it[kind].median_ms ?? null} threeQuarters={it[kind].three_quarters_ms ?? null} />
                  <span className={time.number}>
                    <span className="visually-hidden">{text('time.median')}: </span>
                    <b>{it[kind].begun.times === 0 ? '–' : span(it[kind].median_ms)}</b>
                  </span>
                  <span className={time.number}>
                    <span className="visually-hidden">{text('time.profiles')}: </span>
                    <Count value={it[kind].begun.profiles} people={people(it, begun)} />
                  </span>
                  <span className={time.number}>
                    <span className="visually-hidden">{text('work.open')}: </span>
                    <Count value={it[kind].unfinished.profiles} people={people(it, open)} />
                  </span>
                </div>
              ))}
            </li>
          ))}
        </ol>
      </TableTwin>
    </div>
  )
}

/** How spans are written, and how people behind a number are named. */
function useWords(reply: WorkTimeReply) {
  const text = useText()
  const format = useFormat()
  const span = (ms: number | null | undefined) => (ms == null ? text('time.notSeen') : format.span(ms))
  const people = (of: StepWork, part: WorkPart): PeopleTarget => ({
    of: { report: reply.report },
    select: { kind: 'work_time', step: of.name, part },
    title: text('work.peopleOf', { name: of.name, part: text(`work.peopleParts.${part}`) }),
  })
  return { span, people }
}

type NearProps = {
  readonly here: StepWork
  readonly span: (ms: number | null | undefined) => string
  readonly people: (of: StepWork, part: WorkPart) => PeopleTarget
}

/** One step: how long both go on, and how the time of what is done is shared between them. */
function Near({ here, span, people }: NearProps) {
  const text = useText()
  const format = useFormat()
  const waited = waitedShare(here)
  return (
    <div className={time.near}>
      <Section title={text('work.curve', { name: here.name })} note={text('work.curveNote')}>
        {kinds.map(({ kind }) => (
          <div key={kind} className={style.chart} data-kind={kind}>
            {here[kind].begun.times === 0 ? (
              <p className={time.hint}>{text(`work.noSpans.${kind}`)}</p>
            ) : (
              <TableTwin
                label={text(`work.curveOf.${kind}`, { name: here.name })}
                twin={{
                  head: [text('time.afterTime'), text('work.goesOn')],
                  rows: here[kind].curve.map((point) => [
                    format.span(point.ms),
                    text('time.interval', { share: format.share(point.share), low: format.share(point.low), high: format.share(point.high) }),
                  ]),
                }}
              >
                <h3>{text(`work.kinds.${kind}`)}</h3>
                <Survival
                  label={text('work.curveLabel', { kind: text(`work.kinds.${kind}`), quarter: span(here[kind].quarter_ms), median: span(here[kind].median_ms), p90: span(here[kind].p90_ms) })}
                  lines={kinds.map((it) => ({ key: it.kind, name: text(`work.kinds.${it.kind}`), points: here[it.kind].curve, stations: quartersOf(here[it.kind]) }))}
                  focus={kind}
                  showSpan={format.span}
                  showShare={format.share}
                />
              </TableTwin>
            )}
          </div>
        ))}
        <p className={time.hint}>{text('work.curveAbout')}</p>
      </Section>
      <Section title={text('work.shared', { name: here.name })} note={text('work.sharedNote', { count: here.done.passes.times, shown: format.count(here.done.passes.times) })}>
        {waited === null ? (
          <p className={time.hint}>{text('work.noneDone')}</p>
        ) : (
          <>
            <Meter share={waited} color="var(--warn)" />
            <dl className={time.figures}>
              <div>
                <dt>{text('work.kinds.waits')}</dt>
                <dd>{format.share(waited)}</dd>
              </div>
              <div>
                <dt>{text('work.kinds.work')}</dt>
                <dd>{format.share(1 - waited)}</dd>
              </div>
            </dl>
            <p className={time.hint}>{text('work.sharedAbout', { waited: span(here.done.waited_ms / here.done.passes.times), worked: span(here.done.worked_ms / here.done.passes.times) })}</p>
          </>
        )}
        <ul className={style.facts}>
          {(['done', 'unasked'] as const).map((part) => (
            <li key={part}>
              <span>{text(`work.facts.${part}`)}</span>
              <Count value={part === 'done' ? here.done.passes.profiles : here.unasked.profiles} people={people(here, part)} />
            </li>
          ))}
          <li>
            <span>{text('work.facts.loose')}</span>
            <span>{format.count(here.loose_ends)}</span>
          </li>
        </ul>
      </Section>
    </div>
  )
}

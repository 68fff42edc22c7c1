import type { StageTimeReply } from '../api/stage-time.ts'
import { Spread, SpreadAxis } from '../chart/spread.tsx'
import { Survival } from '../chart/survival.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { timeScale } from '../chart/time-scale.ts'
import { useWidth } from '../chart/use-width.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { GaveUpView } from './time-gave-up.tsx'
import { type Outcome, quartersOf, type StayRow, stayRows } from './time.ts'
import style from './time.module.css'

type AnswerProps = {
  readonly reply: StageTimeReply
  /** True while these numbers are of the question before. */
  readonly isStale: boolean
  readonly hasSilence: boolean
  readonly stage: string | undefined
  readonly look: (stage: string) => void
}

/** Every stage on one scale of time, and one of them from near. */
export function TimeAnswerView({ reply, isStale, hasSilence, stage, look }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const rows = stayRows(reply.numbers.stages)
  const here = rows.find((it) => it.id === stage) ?? rows.find((it) => it.times > 0) ?? rows[0]
  const span = (ms: number | null) => (ms === null ? text('time.notSeen') : format.span(ms))
  return (
    <div className={style.answer} data-stale={isStale || undefined}>
      <StageRows reply={reply} rows={rows} here={here?.id} look={look} />
      <p className={style.hint}>
        {text('time.about', { n: format.count(reply.n), to: format.moment(reply.numbers.followed_to) })} {text('time.censored')}
        {!hasSilence && ` ${text('time.noSilence')}`}
        {reply.numbers.is_rounded && ` ${text('time.rounded')}`}
      </p>
      {here !== undefined && here.times > 0 && (
        <div className={style.near}>
          <Section title={text('time.curve', { name: here.name })} note={text('time.curveNote')}>
            <TableTwin
              label={text('time.curve', { name: here.name })}
              twin={{
                head: [text('time.stage'), text('time.afterTime'), text('time.remain')],
                rows: rows.flatMap((row) => row.curve.map((point) => [text('time.pointOf', { name: row.name, share: format.share(point.share) }), format.span(point.ms), text('time.interval', { share: format.share(point.share), low: format.share(point.low), high: format.share(point.high) })])),
              }}
            >
              <Survival
                label={text('time.curveLabel', { name: here.name, quarter: span(here.quarter), median: span(here.median), threeQuarters: span(here.threeQuarters) })}
                lines={rows.map((row) => ({ key: row.id, name: row.name, points: row.curve, stations: quartersOf(row) }))}
                focus={here.id}
                showSpan={format.span}
                showShare={format.share}
              />
            </TableTwin>
            <dl className={style.figures}>
              {(['quarter', 'median', 'threeQuarters', 'p90'] as const).map((it) => (
                <div key={it}>
                  <dt>{text(`time.${it}`)}</dt>
                  <dd>{span(here[it])}</dd>
                </div>
              ))}
            </dl>
            <p className={style.hint}>{text('time.curveAbout')}</p>
          </Section>
          <Section title={text('time.outcomes', { name: here.name })} note={text('time.outcomesNote', { count: here.times, shown: format.count(here.times) })}>
            <Outcomes row={here} rows={rows} reply={reply} />
          </Section>
        </div>
      )}
      {here !== undefined && here.times > 0 && hasSilence && <GaveUpView here={here} rows={rows} reply={reply} />}
    </div>
  )
}

type RowsProps = {
  readonly reply: StageTimeReply
  readonly rows: readonly StayRow[]
  /** The stage that is looked at. */
  readonly here?: string | undefined
  /** Without it no stage can be looked at from near. */
  readonly look?: (stage: string) => void
}

/** How long stays in each stage last, on one scale of time. */
export function StageRows({ reply, rows, here, look }: RowsProps) {
  const text = useText()
  const format = useFormat()
  const [box, width] = useWidth<HTMLDivElement>(900)
  const lengths = rows.flatMap(quartersOf)
  // On a phone the lines have the whole width, else what the names and numbers leave.
  const scale = timeScale(lengths, Math.floor((width < 620 ? width : width - 480) / 64))
  const span = (ms: number | null) => (ms === null ? text('time.notSeen') : format.span(ms))
  const share = (row: StayRow, kind: Outcome['kind']) => row.outcomes.reduce((sum, it) => sum + (it.kind === kind ? it.share : 0), 0)
  const stillIn = (row: StayRow) => row.outcomes.find((it) => it.kind === 'still_in')?.profiles ?? 0
  const of = { report: reply.report }
  const people = (select: object, title: string) => ({ of, select: { kind: 'stage_time', of: select }, title })
  return (
    <div ref={box} className={style.scale}>
      <TableTwin
        label={text('time.stages')}
        twin={{
          head: [text('time.stage'), text('time.profiles'), text('time.stays'), text('time.quarter'), text('time.median'), text('time.threeQuarters'), text('time.stillIn'), text('time.silent')],
          rows: rows.map((row) => [
            row.name,
            format.count(row.profiles),
            format.count(row.times),
            span(row.quarter),
            span(row.median),
            span(row.threeQuarters),
            `${format.count(stillIn(row))} · ${format.share(share(row, 'still_in'))}`,
            format.share(share(row, 'silent')),
          ]),
        }}
      >
        <ol className={style.stages} aria-label={text('time.stages')}>
          <li className={style.row} aria-hidden="true">
            <span />
            <SpreadAxis scale={scale} showSpan={format.span} />
            <span className={style.quiet}>{text('time.median')}</span>
            <span className={style.quiet}>{text('time.profiles')}</span>
            <span className={style.quiet}>{text('time.stillIn')}</span>
          </li>
          {rows.map((row) => (
            <li key={row.id} className={style.row} data-here={row.id === here || undefined}>
              {look === undefined ? (
                <span className={style.name}>{row.name}</span>
              ) : (
                <button type="button" className={style.name} aria-pressed={row.id === here} onClick={() => look(row.id)}>
                  {row.name}
                </button>
              )}
              <Spread scale={scale} quarter={row.quarter} median={row.median} threeQuarters={row.threeQuarters} />
              <span className={style.number}>
                <span className="visually-hidden">{text('time.median')}: </span>
                <b>{row.times === 0 ? '–' : span(row.median)}</b>
              </span>
              <span className={style.number}>
                <span className="visually-hidden">{text('time.profiles')}: </span>
                <Count value={row.profiles} people={people({ stays: row.id }, row.name)} />
              </span>
              <span className={style.number}>
                <span className="visually-hidden">{text('time.stillIn')}: </span>
                <Count value={stillIn(row)} people={people({ still_in: row.id }, text('time.stillInTitle', { name: row.name }))} />
              </span>
            </li>
          ))}
        </ol>
      </TableTwin>
    </div>
  )
}

/** Where stays lead: each ends once, or has not ended. */
function Outcomes({ row, rows, reply }: { readonly row: StayRow; readonly rows: readonly StayRow[]; readonly reply: StageTimeReply }) {
  const text = useText()
  const format = useFormat()
  const place = rows.findIndex((it) => it.id === row.id)
  return (
    <>
      <div className={style.outcomeHead} aria-hidden="true">
        <span />
        <span>{text('time.ofStays')}</span>
        <span>{text('time.profiles')}</span>
      </div>
      <ul className={style.outcomes}>
      {row.outcomes.map((it) => {
        const at = rows.findIndex((other) => other.id === it.to)
        const name = it.to === null ? text(it.kind === 'silent' ? 'time.silent' : 'time.stillIn') : (rows[at]?.name ?? it.to)
        const select = it.to === null ? { [it.kind]: row.id } : { next: { from: row.id, to: it.to } }
        const look = it.kind !== 'next' ? it.kind : at < place ? 'back' : 'on'
        return (
          <li key={it.to ?? it.kind} data-look={look}>
            <span className={style.outcome}>
              {it.kind === 'next' && <span className={style.quiet}>{text(at < place ? 'time.backTo' : 'time.onTo')}</span>} {name}
            </span>
            <span className={style.bar} aria-hidden="true">
              <span style={{ width: `${it.share * 100}%` }} />
            </span>
            <span className={style.number}>
              <span className="visually-hidden">{text('time.ofStays')}: </span>
              {format.share(it.share)}
            </span>
            <span className={style.number}>
              <span className="visually-hidden">{text('time.profiles')}: </span>
              <Count value={it.profiles} people={{ of: { report: reply.report }, select: { kind: 'stage_time', of: select }, title: `${row.name} → ${name}` }} />
            </span>
          </li>
        )
      })}
      </ul>
    </>
  )
}

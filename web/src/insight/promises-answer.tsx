import type { PromiseCounts, PromisePart, Promises, PromisesAnswer, PromisesReply } from '../api/promises.ts'
import { type Label, useLabelName } from '../api/use-label-name.ts'
import { useKinds } from '../api/use-kinds.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { TrendLines } from '../chart/trend-lines.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { fieldName } from '../ui/field-name.ts'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import funnelStyle from './funnel.module.css'
import { barsOf, lateShare, openFrom, promiseParts } from './promises.ts'
import style from './promises.module.css'
import { WideTable } from '../ui/wide-table.tsx'

type AnswerProps = { readonly promises: Promises; readonly reply: PromisesReply }

/** How many are late, how far the facts lie from the promises, over time and by line. */
export function PromisesAnswerView({ promises, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const kinds = useKinds()
  const { numbers, left_out } = reply
  return (
    <>
      <PromisesFigures promises={promises} reply={reply} />
      <p className={style.hint}>
        {text('promises.about', { kind: kinds.kind(promises.object), state: kinds.state(promises.object, numbers.promise.kept_by), moment: format.moment(numbers.followed_to) })} {text('promises.dueNote')}
      </p>
      <Section title={text('promises.standing')}>
        <PromiseStandings promises={promises} reply={reply} />
      </Section>
      <Section title={text('promises.gaps')} note={text('promises.gapsNote')}>
        <PromiseGaps promises={promises} reply={reply} />
      </Section>
      {numbers.points.length > 1 && (
        <Section title={text('promises.overTime')} note={text('promises.overTimeNote')}>
          <PromiseTrend numbers={numbers} />
        </Section>
      )}
      {numbers.lines.length > 0 && (
        <Section title={text('promises.by', { field: fieldName(promises.breakdown ?? '', text) })}>
          <PromiseLines promises={promises} reply={reply} />
          {left_out.capped > 0 && <p className={style.hint}>{text('heatmap.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}</p>}
        </Section>
      )}
    </>
  )
}

function usePeople({ promises, reply }: AnswerProps): (part: PromisePart, title: string, more?: { readonly label?: Label; readonly bin?: number }) => PeopleTarget {
  return (part, title, more = {}) => ({ of: { report: { kind: 'promises', ...promises } }, select: { kind: 'promises', part, ...more }, title, asked: reply.asked })
}

/** A gap in words: how much too early or too late. */
function useGapWords(): (ms: number | null | undefined) => string {
  const text = useText()
  const format = useFormat()
  return (ms) => {
    if (ms == null) return text('promises.notSeen')
    if (ms === 0) return text('promises.toTheMinute')
    return text(ms < 0 ? 'promises.earlyBy' : 'promises.lateBy', { span: format.span(Math.abs(ms)) })
  }
}

/** The share that is late, and what half of all wait. */
export function PromisesFigures({ promises, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const gap = useGapWords()
  const people = usePeople({ promises, reply })
  const { total } = reply.numbers
  const late = lateShare(total)
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('promises.lateShare')}</dt>
        <dd data-small={late?.isSmall || undefined}>
          <strong>{late === null ? '–' : format.share(late.share)}</strong>
          {total.late_share != null && <Interval low={total.late_share.low} high={total.late_share.high} shown={format.share} />}
        </dd>
      </div>
      <div>
        <dt>{text('promises.due')}</dt>
        <dd>
          <strong>{format.count(total.due.objects)}</strong>
          <span>
            {text('attribution.byPeople')} <Count value={total.due.profiles} people={people('due', text('promises.due'))} />
          </span>
        </dd>
      </div>
      <div>
        <dt>{text('promises.median')}</dt>
        <dd>
          <strong>{gap(total.median_gap_ms)}</strong>
        </dd>
      </div>
      <div>
        <dt>{text('promises.p90')}</dt>
        <dd>
          <strong>{gap(total.p90_gap_ms)}</strong>
        </dd>
      </div>
    </dl>
  )
}

/** How every object stands; the parts are all objects together. */
export function PromiseStandings({ promises, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeople({ promises, reply })
  const { total } = reply.numbers
  return (
    <WideTable name={text('promises.standing')} className={style.table} first={text('object.promise')} heads={[text('promises.objects'), text('promises.share'), text('promises.people')]}>
      {promiseParts.map((part) => {
        const share = total.all.objects === 0 ? 0 : total[part].objects / total.all.objects
        return (
          <tr key={part}>
            <th scope="row">
              <span className={style.part} data-part={part} />
              {text(`object.standing.${part}`)}
            </th>
            <td data-number>{format.count(total[part].objects)}</td>
            <td data-number>
              {format.share(share)}
              <Meter share={share} color={part === 'late' || part === 'overdue' ? 'var(--bad)' : part === 'early' || part === 'on_time' ? 'var(--good)' : 'var(--ink-3)'} />
            </td>
            <td data-number>
              <Count value={total[part].profiles} people={people(part, text(`object.standing.${part}`))} />
            </td>
          </tr>
        )
      })}
    </WideTable>
  )
}

/** Gaps of what was kept, in bins, from early to late. */
export function PromiseGaps({ promises, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const gap = useGapWords()
  const people = usePeople({ promises, reply })
  const { gaps, total } = reply.numbers
  const hours = (ms: number) => text('promises.hours', { sign: ms > 0 ? '+' : ms < 0 ? '−' : '', span: ms === 0 ? '0' : format.span(Math.abs(ms)) })
  return (
    <>
      <div className={style.barHeads} aria-hidden="true">
        <span className={style.number}>{text('promises.objects')}</span>
        <span className={style.number}>{text('promises.people')}</span>
      </div>
      <ol className={style.bars} aria-label={text('promises.gaps')}>
        {barsOf(gaps).map(({ index, bin, share, side }) => {
          const name =
            bin.above_ms == null ? text('promises.upTo', { to: hours(bin.upto_ms ?? 0) }) : bin.upto_ms == null ? text('promises.above', { from: hours(bin.above_ms) }) : text('promises.between', { from: hours(bin.above_ms), to: hours(bin.upto_ms) })
          return (
            <li key={index}>
              <span className={style.bin}>{name}</span>
              <span className={style.track} aria-hidden="true">
                <span data-side={side} style={{ width: `${share * 100}%` }} />
              </span>
              <span className={style.number}>{format.count(bin.kept.objects)}</span>
              <span className={style.number}>
                <span className="visually-hidden">{text('promises.people')}: </span>
                <Count value={bin.kept.profiles} people={people('kept', name, { bin: index })} />
              </span>
            </li>
          )
        })}
      </ol>
      <p className={style.hint}>
        {text('promises.quantiles', {
          p10: gap(total.p10_gap_ms),
          quarter: gap(total.quarter_gap_ms),
          median: gap(total.median_gap_ms),
          threeQuarters: gap(total.three_quarters_gap_ms),
          p90: gap(total.p90_gap_ms),
          mean: gap(total.mean_gap_ms),
        })}
      </p>
    </>
  )
}

/** The late share by the period in which objects began. */
export function PromiseTrend({ numbers }: { readonly numbers: PromisesAnswer }) {
  const text = useText()
  const format = useFormat()
  const gap = useGapWords()
  const { points } = numbers
  const names = points.map((it) => format.date(format.dayOf(it.point.from)))
  return (
    <TableTwin
      label={text('promises.overTime')}
      twin={{
        head: [text('promises.period'), text('promises.objects'), text('promises.due'), text('promises.lateShare'), text('promises.median')],
        rows: points.map(({ counts }, index) => [names[index] ?? '', format.count(counts.all.objects), format.count(counts.due.objects), shareWords(counts, format.share), gap(counts.median_gap_ms)]),
      }}
    >
      <TrendLines
        label={text('promises.overTime')}
        places={names}
        lines={[{ name: text('promises.lateShare'), slot: 0, values: points.map((it) => lateShare(it.counts)?.share ?? null) }]}
        openFrom={openFrom(points)}
        isCutAtStart={points.length > 2 && points[0]?.point.is_partial === true}
        height={220}
        showValue={format.share}
        showTick={format.share}
        openWords={text('promises.open')}
      />
    </TableTwin>
  )
}

function shareWords(counts: PromiseCounts, show: (share: number) => string): string {
  const late = lateShare(counts)
  return late === null ? '–' : show(late.share)
}

/** The breakdown. */
export function PromiseLines({ promises, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const gap = useGapWords()
  const nameOf = useLabelName()
  const people = usePeople({ promises, reply })
  return (
    <WideTable
      name={text('promises.by', { field: fieldName(promises.breakdown ?? '', text) })}
      className={style.table}
      first={fieldName(promises.breakdown ?? '', text)}
      heads={[text('promises.objects'), text('promises.due'), text('promises.lateShare'), text('object.standing.overdue'), text('promises.median'), text('promises.p90'), text('promises.people')]}
    >
      {reply.numbers.lines.map(({ label, counts }) => {
        const name = nameOf(promises.breakdown, label)
        const late = lateShare(counts)
        return (
          <tr key={JSON.stringify(label)}>
            <th scope="row">{name}</th>
            <td data-number>{format.count(counts.all.objects)}</td>
            <td data-number>{format.count(counts.due.objects)}</td>
            <td data-number data-small={late?.isSmall || undefined}>
              {shareWords(counts, format.share)}
              {counts.late_share != null && (
                <span className={style.under}>
                  <Interval low={counts.late_share.low} high={counts.late_share.high} shown={format.share} />
                </span>
              )}
            </td>
            <td data-number>{format.count(counts.overdue.objects)}</td>
            <td data-number>{gap(counts.median_gap_ms)}</td>
            <td data-number>{gap(counts.p90_gap_ms)}</td>
            <td data-number>
              <Count value={counts.all.profiles} people={people('all', name, { label })} />
            </td>
          </tr>
        )
      })}
    </WideTable>
  )
}

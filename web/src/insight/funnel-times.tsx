import { useState } from 'react'
import type { Funnel, FunnelReply, FunnelTimes } from '../api/funnel.ts'
import { Survival } from '../chart/survival.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { TimeBars } from '../chart/time-bars.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useUnits } from '../report/use-units.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { useOpenPeople } from '../ui/people.ts'
import { SMALL } from './funnel.ts'
import { arrivals, quartersReached, wayKey } from './funnel-time.ts'
import style from './funnel.module.css'

type TimesProps = { readonly funnel: Funnel; readonly reply: FunnelReply }

/** How long it takes from step to step: everybody on the way, and those who got there by their time. */
export function FunnelTimesView({ funnel, reply }: TimesProps) {
  const text = useText()
  const format = useFormat()
  const [chosen, choose] = useState<string | null>(null)
  const { times } = reply.numbers
  const here = times.find((it) => wayKey(it) === chosen) ?? times[0]
  if (here === undefined) return null
  const name = (way: FunnelTimes) => text('funnel.way', { from: funnel.steps[way.from_step]?.name ?? '', to: funnel.steps[way.to_step]?.name ?? '' })
  const span = (ms: number | null | undefined) => (ms === null || ms === undefined ? text('funnel.neverSoMany') : format.span(ms))
  const of = { report: reply.report }
  const people = (way: FunnelTimes, arrived: boolean) => ({
    of,
    select: arrived ? { kind: 'funnel', step: way.to_step, took: { from: way.from_step, from_ms: 0 } } : { kind: 'funnel', step: way.from_step },
    title: arrived ? name(way) : (funnel.steps[way.from_step]?.name ?? ''),
    asked: reply.asked,
  })
  return (
    <Section title={text('funnel.times')} note={text('funnel.timesNote')}>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('funnel.times') })}>
        <table className={style.lines}>
          <thead>
            <tr>
              <th scope="col">{text('funnel.fromTo')}</th>
              {(['setOut', 'arrived', 'quarter', 'half', 'threeQuarters'] as const).map((it) => (
                <th key={it} scope="col" data-number>
                  {text(`funnel.${it}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((way) => (
              <tr key={wayKey(way)}>
                <th scope="row">
                  <button type="button" className={style.way} aria-pressed={way === here} onClick={() => choose(wayKey(way))}>
                    {name(way)}
                  </button>
                </th>
                <td data-number>
                  <Count value={way.set_out.profiles} people={people(way, false)} />
                </td>
                <td data-number>
                  <Count value={way.arrived.profiles} people={people(way, true)} />
                </td>
                {[way.quarter_ms, way.median_ms, way.three_quarters_ms].map((ms, index) => (
                  <td key={index} data-number data-small={way.set_out.units < SMALL || ms == null || undefined}>
                    {span(ms)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={style.hint}>{text('funnel.timesAbout')}</p>
      <div className={style.near}>
        <Arrivals way={here} name={name(here)} rounded={here.is_rounded} />
        <Histogram way={here} name={name(here)} reply={reply} />
      </div>
    </Section>
  )
}

/** The share that has got there within a time, with those who are still on their way. */
function Arrivals({ way, name, rounded }: { readonly way: FunnelTimes; readonly name: string; readonly rounded: boolean }) {
  const text = useText()
  const format = useFormat()
  const points = arrivals(way)
  const title = text('funnel.arrivals', { name })
  const last = points.at(-1)
  return (
    <section aria-label={title}>
      <h3 className={style.small}>{title}</h3>
      {last === undefined ? (
        <p className={style.hint}>{text('funnel.nobodyArrived')}</p>
      ) : (
        <TableTwin
          label={title}
          twin={{
            head: [text('time.afterTime'), text('funnel.haveArrived')],
            rows: points.map((it) => [format.span(it.ms), text('time.interval', { share: format.share(it.share), low: format.share(it.low), high: format.share(it.high) })]),
          }}
        >
          <Survival
            label={text('funnel.arrivalsLabel', { share: format.share(last.share), span: format.span(last.ms) })}
            lines={[{ key: 'here', name, points, stations: quartersReached(way) }]}
            focus="here"
            start={0}
            most={Math.max(...points.map((it) => it.high))}
            showSpan={format.span}
            showShare={format.share}
          />
        </TableTwin>
      )}
      <p className={style.hint}>
        {text('funnel.arrivalsAbout')}
        {rounded && ` ${text('time.rounded')}`}
      </p>
    </section>
  )
}

/** Those who got there, by how long it took. */
function Histogram({ way, name, reply }: { readonly way: FunnelTimes; readonly name: string; readonly reply: FunnelReply }) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const title = text('funnel.histogram', { name })
  const between = (bin: FunnelTimes['bins'][number]) =>
    bin.to_ms === null || bin.to_ms === undefined ? text('funnel.orLonger', { from: format.span(bin.from_ms) }) : text('funnel.fromToSpan', { from: format.span(bin.from_ms), to: format.span(bin.to_ms) })
  const units = useUnits(reply.report)
  const bars = way.bins.map((bin) => ({ key: String(bin.from_ms), name: between(bin), value: bin.profiles, words: units.count(bin.profiles), isOpen: false }))
  return (
    <section aria-label={title}>
      <h3 className={style.small}>{title}</h3>
      {bars.length === 0 ? (
        <p className={style.hint}>{text('funnel.nobodyArrived')}</p>
      ) : (
        <TableTwin label={title} twin={{ head: [text('funnel.took'), units.heading], rows: way.bins.map((bin) => [between(bin), format.count(bin.profiles)]) }}>
          <TimeBars
            label={title}
            bars={bars}
            height={214}
            showTick={format.compact}
            onPick={(bar) => {
              const bin = way.bins.find((it) => String(it.from_ms) === bar.key)
              // Where a report is shared, numbers have no people behind them.
              if (bin === undefined || open === null) return
              const took = { from: way.from_step, from_ms: bin.from_ms, ...(bin.to_ms == null ? {} : { to_ms: bin.to_ms }) }
              open({ of: { report: reply.report }, select: { kind: 'funnel', step: way.to_step, took }, title: `${name} · ${bar.name}`, asked: reply.asked })
            }}
          />
        </TableTwin>
      )}
      <p className={style.hint}>{text('funnel.histogramAbout')}</p>
    </section>
  )
}

import type { Now, NowPoint } from '../api/now.ts'
import type { Report } from '../api/model.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { type TimeBar, TimeBars } from '../chart/time-bars.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Count } from '../ui/count.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { useOpenPeople } from '../ui/people.ts'
import style from './now.module.css'
import { NowSplitTable } from './now-split.tsx'
import { useNow } from './use-now.ts'

/** What the last half hour brought: when, what, where, and who. */
export function NowSection({ isPaused }: { readonly isPaused: boolean }) {
  const now = useNow(isPaused)
  if (now.data !== undefined) return <Filled now={now.data} />
  return now.error !== null ? <Failed small error={now.error} onRetry={() => void now.refetch()} /> : <Loading rows={5} />
}

function Filled({ now }: { readonly now: Now }) {
  const text = useText()
  const format = useFormat()
  const all = { of: { report: now.report }, select: { kind: 'counts' }, title: text('now.span'), asked: now.asked }
  return (
    <section className={style.now} aria-label={text('now.span')}>
      <div className={style.heads}>
        <dl className={style.figures}>
          <div>
            <dt>{text('now.events')}</dt>
            <dd>{format.count(now.events)}</dd>
          </div>
          <div>
            <dt>{text('now.profiles')}</dt>
            <dd>
              <Count value={now.profiles} people={all} />
            </dd>
          </div>
        </dl>
        <p className={style.note}>
          {text('now.span')} · <Age time={now.asked} />
        </p>
      </div>
      <div className={style.charts}>
        <Points title={text('now.minutes')} report={now.report} asked={now.asked} points={now.minutes} />
        <Points title={text('now.seconds')} report={now.seconds_report} asked={now.asked} points={now.seconds} />
      </div>
      <div className={style.splits}>
        {now.splits.map((split) => (
          <NowSplitTable key={split.by} split={split} asked={now.asked} />
        ))}
      </div>
    </section>
  )
}

type PointsProps = { readonly title: string; readonly report: Report; readonly asked: string; readonly points: readonly NowPoint[] }

function Points({ title, report, asked, points }: PointsProps) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const words = (it: NowPoint) => text('now.point', { events: format.count(it.events), profiles: format.count(it.profiles) })
  const bars = points.map(
    (it): TimeBar => ({ key: it.from, name: format.clock(it.from), value: it.events, words: words(it), isOpen: it.is_partial }),
  )
  return (
    <div>
      <h2 className={style.title}>{title}</h2>
      <TableTwin
        label={title}
        twin={{
          head: [text('now.time'), text('now.events'), text('now.profiles')],
          rows: [...points].reverse().map((it) => [format.clock(it.from), format.count(it.events), format.count(it.profiles)]),
        }}
      >
        <TimeBars
          label={title}
          bars={bars}
          showTick={format.compact}
          onPick={(bar) => open?.({ of: { report }, select: { kind: 'counts', point: bar.key }, title: `${bar.name} · ${bar.words}`, asked })}
        />
      </TableTwin>
    </div>
  )
}

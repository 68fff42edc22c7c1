import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/workspace.ts'
import { DayLine } from '../chart/day-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ChangeList } from './change-list.tsx'
import { ChannelTable, EventTable } from './count-tables.tsx'
import { DemoLoading, DemoProgress } from './demo-progress.tsx'
import { FirstSteps } from './first-steps.tsx'
import style from './home.module.css'
import { NextSteps } from './next-steps.tsx'
import { RecentReports } from './recent-reports.tsx'
import { useHome } from './use-home.ts'

/** What is here, what changed, what to do next. */
export function HomePage() {
  const { workspace, overview } = useHome()
  const text = useText()
  if (overview.error !== null) return <Failed error={overview.error} onRetry={() => void overview.refetch()} />
  const { data } = overview
  const isEmpty = data?.events_count === 0
  return (
    <Page title={workspace.name} note={isEmpty && !workspace.demo ? text('home.emptyNote') : text('home.note')}>
      <DemoProgress />
      {data === undefined && <Loading rows={8} />}
      {isEmpty && workspace.demo && <DemoLoading />}
      {data !== undefined && isEmpty && !workspace.demo && <FirstSteps overview={data} />}
      {data !== undefined && !isEmpty && <Filled overview={data} />}
    </Page>
  )
}

function Filled({ overview }: { readonly overview: Overview }) {
  const text = useText()
  const format = useFormat()
  const { health } = overview
  const days = overview.days.map((it) => ({ day: it.day, value: it.events }))
  return (
    <>
      <dl className={style.figures}>
        <Figure name={text('home.events')} value={format.compact(overview.events_count)}>
          {overview.first_event != null && text('home.since', { day: format.fullDate(overview.first_event) })}
        </Figure>
        <Figure name={text('home.profiles')} value={format.compact(overview.profiles_count)}>
          {text('home.known', { share: format.share(overview.known_profiles_count / Math.max(1, overview.profiles_count)) })}
        </Figure>
        <Figure name={text('home.today')} value={format.compact(overview.days.at(-1)?.events ?? 0)}>
          {text('home.todayProfiles', { count: overview.days.at(-1)?.profiles ?? 0, shown: format.compact(overview.days.at(-1)?.profiles ?? 0) })}
        </Figure>
        <Figure name={text('home.lastEvent')} value={overview.last_event == null ? '–' : <Age time={overview.last_event} />}>
          <Link to="/w/$ws/live" from="/w/$ws">
            {text('home.watch')}
          </Link>
        </Figure>
      </dl>
      <TableTwin
        label={text('home.perDay')}
        twin={{
          head: [text('home.day'), text('home.events'), text('home.profiles')],
          rows: overview.days.map((it) => [format.date(it.day), format.count(it.events), format.count(it.profiles)]),
        }}
      >
        <DayLine label={text('home.perDay')} days={days} showDay={format.date} showValue={format.count} showTick={format.compact} />
      </TableTwin>
      <div className={style.columns}>
        <ChangeList changes={overview.changes} />
        <div>
          <Section title={text('home.next')}>
            <NextSteps steps={overview.next} />
          </Section>
          <RecentReports />
        </div>
        <EventTable events={overview.top_events} />
        <ChannelTable channels={overview.channels} />
      </div>
      <p className={style.health}>
        <span>{text('home.lag')} <b>{format.span(health.lag_ms)}</b></span>
        <span>{text('home.late')} <b>{format.share(health.late_share)}</b></span>
        <span>{text('home.duplicates')} <b>{format.count(health.duplicates_24h)}</b></span>
        <span>{text('home.quarantined')} <b>{format.count(health.quarantined_24h)}</b></span>
        <span>{text('home.zone', { zone: format.zone })}</span>
      </p>
    </>
  )
}

type FigureProps = { readonly name: string; readonly value: React.ReactNode; readonly children: React.ReactNode }

function Figure({ name, value, children }: FigureProps) {
  return (
    <div className={style.figure}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span>{children}</span>
      </dd>
    </div>
  )
}

import { useMemo, useState } from 'react'
import type { Answer } from '../api/dashboard.ts'
import type { Switches, SwitchesReply } from '../api/channels.ts'
import type { LastTouch, LastTouchReply } from '../api/last-touch.ts'
import type { Drivers, DriversReply } from '../api/drivers.ts'
import type { Choice, ChoiceReply } from '../api/choice.ts'
import type { Reasons, ReasonsReply } from '../api/reasons.ts'
import type { TopicsReply, TopicsReport } from '../api/topics.ts'
import type { Unexpected, UnexpectedReply } from '../api/unexpected.ts'
import type { PathsReply, TransitionsReply } from '../api/paths.ts'
import type { Trends, TrendsReply } from '../api/trends.ts'
import { accountsOf, type Report } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { CreditTable } from './attribution-answer.tsx'
import { BoardAnswerView } from './board-answer.tsx'
import { Contrasts, StagesTable } from './bottlenecks-answer.tsx'
import { CountsCard } from './counts-card.tsx'
import { DifferenceFigures, DifferenceMoves } from './difference-answer.tsx'
import { DriversFigures } from './drivers-answer.tsx'
import { DriversList } from './drivers-list.tsx'
import { inGroup } from './drivers.ts'
import { ChoiceFactors, ChoiceFigures } from './choice-answer.tsx'
import { ReasonsFigures } from './reasons-answer.tsx'
import { ReasonsList } from './reasons-list.tsx'
import { TopicsFigures, TopicsList } from './topics-answer.tsx'
import { UnexpectedFigures, UnexpectedWays } from './unexpected-answer.tsx'
import { FunnelBars, FunnelFigures } from './funnel-answer.tsx'
import { LeavingFigures, TouchList } from './leaving-answer.tsx'
import { touchesIn } from './leaving.ts'
import { HeatmapGrid } from './heatmap-grid.tsx'
import { measureOf } from './heatmap.ts'
import { LifecycleBars } from './lifecycle-answer.tsx'
import { LiftEffects } from './lift-answer.tsx'
import { PromiseGaps, PromiseLines, PromisesFigures, PromiseStandings } from './promises-answer.tsx'
import { PathsRiver } from './paths-answer.tsx'
import { namesOf, sankeyWords } from './paths-words.ts'
import { askOfPaths, nameElements, sankeyOf, transitionRows } from './paths.ts'
import style from './report-card.module.css'
import { PageElements } from './page-map-answer.tsx'
import { widthToShow } from './page-map.ts'
import { RetentionCurve, RetentionHeat } from './retention-answer.tsx'
import { RfmGroups } from './rfm-answer.tsx'
import { RfmGrid } from './rfm-grid.tsx'
import { StickinessBars } from './stickiness-answer.tsx'
import { usePeopleOf } from './switches-answer.tsx'
import { SwitchesMatrix } from './switches-matrix.tsx'
import { matrixOf, type Pair } from './switches.ts'
import { StageRows } from './time-answer.tsx'
import { stayRows } from './time.ts'
import { useStageName } from './use-stage-name.ts'
import { TrendsDrawing } from './trends-answer.tsx'
import { TrendsTable } from './trends-table.tsx'
import { DRAWN_MAX, trendRows } from './trends.ts'
import { WorkRows } from './work-answer.tsx'

type CardProps = {
  readonly answer: Answer
  /** Whether there is room for more than the main drawing. */
  readonly isTall: boolean
}

/** The main drawing of any answer, as the page of its report has it. */
export function ReportCard({ answer, isTall }: CardProps) {
  const text = useText()
  const accounts = accountsOf(answer.report)
  if (answer.n === 0) return <Empty small title={text('dashboard.nothing')}>{text('dashboard.nothingNote')}</Empty>
  return (
    <div className={style.card}>
      {accounts !== null && <p className={style.counted}>{text('account.counted', { type: accounts })}</p>}
      <Drawing answer={answer} isTall={isTall} />
    </div>
  )
}

function Drawing({ answer, isTall }: CardProps) {
  const text = useText()
  const { report, numbers, n } = answer
  if (report.kind === 'counts' && numbers.kind === 'counts') return <CountsCard report={report} numbers={numbers} />
  if (report.kind === 'trends' && numbers.kind === 'trends') return <TrendsCard reply={{ ...answer, numbers }} trends={report} isTall={isTall} />
  if (report.kind === 'funnel' && numbers.kind === 'funnel') {
    return (
      <>
        <FunnelFigures numbers={numbers} />
        <FunnelBars funnel={report} numbers={numbers} />
      </>
    )
  }
  if (report.kind === 'stage_time' && numbers.kind === 'stage_time') return <StageRows reply={{ ...answer, numbers }} rows={stayRows(numbers.stages)} />
  if (report.kind === 'work_time' && numbers.kind === 'work_time') return <WorkRows reply={{ ...answer, numbers }} />
  if (report.kind === 'attribution' && numbers.kind === 'attribution') return <CreditTable attribution={report} numbers={numbers} show="conversions" />
  if (report.kind === 'retention' && numbers.kind === 'retention') {
    return (
      <>
        {numbers.columns.length > 1 && <RetentionCurve numbers={numbers} />}
        {isTall && <RetentionHeat question={report} numbers={numbers} />}
        <People n={n} report={report} select={{ kind: 'retention', part: 'started' }} />
      </>
    )
  }
  if (report.kind === 'stickiness' && numbers.kind === 'stickiness') return <StickinessBars question={report} numbers={numbers} />
  if (report.kind === 'lifecycle' && numbers.kind === 'lifecycle') return <LifecycleBars question={report} numbers={numbers} height={isTall ? 360 : 218} />
  if (report.kind === 'choice' && numbers.kind === 'choice') return <ChoiceCard choice={report} numbers={numbers} />
  if (report.kind === 'topics' && numbers.kind === 'topics') return <TopicsCard topics={report} numbers={numbers} />
  if (report.kind === 'unexpected' && numbers.kind === 'unexpected') return <UnexpectedCard unexpected={report} numbers={numbers} />
  if (report.kind === 'reasons' && numbers.kind === 'reasons') return <ReasonsCard reasons={report} numbers={numbers} />
  if (report.kind === 'drivers' && numbers.kind === 'drivers') return <DriversCard drivers={report} numbers={numbers} />
  if (report.kind === 'difference' && numbers.kind === 'difference') {
    return (
      <>
        <DifferenceFigures difference={report} numbers={numbers} measure="converted" />
        <DifferenceMoves difference={report} numbers={numbers} measure="converted" />
      </>
    )
  }
  if (report.kind === 'last_touch' && numbers.kind === 'last_touch') return <LeavingCard leaving={report} numbers={numbers} />
  if (report.kind === 'channels' && numbers.kind === 'channels') return <BoardAnswerView board={report} reply={{ ...answer, numbers }} />
  if (report.kind === 'switches' && numbers.kind === 'switches') return <SwitchesCard switches={report} numbers={numbers} />
  if (report.kind === 'bottlenecks' && numbers.kind === 'bottlenecks') {
    return isTall ? <Contrasts report={report} contrasts={numbers.bottlenecks} name={text('bottlenecks.title')} /> : <StagesTable report={report} numbers={numbers} />
  }
  if (report.kind === 'promises' && numbers.kind === 'promises') {
    const reply = { ...answer, numbers }
    return (
      <>
        <PromisesFigures promises={report} reply={reply} />
        {numbers.lines.length > 0 ? <PromiseLines promises={report} reply={reply} /> : <PromiseGaps promises={report} reply={reply} />}
        {isTall && <PromiseStandings promises={report} reply={reply} />}
      </>
    )
  }
  if (report.kind === 'lift' && numbers.kind === 'lift') return <LiftEffects lift={report} numbers={numbers} />
  if (report.kind === 'heatmap' && numbers.kind === 'heatmap') return <HeatmapGrid heatmap={report} reply={{ ...answer, numbers }} measure={measureOf(report, undefined)} />
  if (report.kind === 'page_map' && numbers.kind === 'page_map') {
    const width = widthToShow(numbers, undefined)
    return width === undefined ? null : <PageElements map={report} width={width} />
  }
  if (report.kind === 'rfm' && numbers.kind === 'rfm') return isTall ? <RfmGroups rfm={report} numbers={numbers} /> : <RfmGrid rfm={report} numbers={numbers} />
  if (numbers.kind === 'paths') return <PathsCard reply={{ ...answer, numbers }} />
  if (numbers.kind === 'transitions') return <TransitionsCard reply={{ ...answer, numbers }} />
  return null
}

function People({ n, report, select }: { readonly n: number; readonly report: Report; readonly select: unknown }) {
  const text = useText()
  const title = text('dashboard.aboutPeople')
  return (
    <p className={style.foot}>
      {title} <Count value={n} people={{ of: { report }, select, title }} />
    </p>
  )
}

function PathsCard({ reply }: { readonly reply: PathsReply }) {
  const text = useText()
  const format = useFormat()
  const ask = useMemo(() => (reply.report.kind === 'paths' ? askOfPaths(reply.report) : null), [reply.report])
  const side = ask?.mode === 'before' ? 'before' : 'after'
  const drawn = useMemo(() => ({ before: side === 'before' ? reply : undefined, after: side === 'after' ? reply : undefined }), [reply, side])
  const sankey = useMemo(() => (ask === null ? null : sankeyOf(ask, drawn)), [ask, drawn])
  if (ask === null || sankey === null) return null
  const words = sankeyWords(text, format, ask, sankey, drawn, namesOf(text, ask, [reply]))
  return (
    <PathsRiver
      sankey={sankey}
      drawn={drawn}
      words={words}
      details={(item) => {
        const { title, lines } = words.describe(item)
        return (
          <div className={style.details}>
            <h3>{title}</h3>
            {lines.map((it) => (
              <p key={it}>{it}</p>
            ))}
          </div>
        )
      }}
    />
  )
}

function SwitchesCard({ switches, numbers }: { readonly switches: Switches; readonly numbers: SwitchesReply['numbers'] }) {
  const people = usePeopleOf(switches)
  const stageName = useStageName(numbers.stages)
  const [pair, setPair] = useState<Pair | undefined>(undefined)
  return <SwitchesMatrix matrix={matrixOf(numbers, 'any')} measure="difference" at="any" stage={stageName('any')} pair={pair} choose={setPair} people={people} />
}

/** The findings; the page of the report says what is none. */
function DriversCard({ drivers, numbers }: { readonly drivers: Drivers; readonly numbers: DriversReply['numbers'] }) {
  const text = useText()
  const found = inGroup(numbers.drivers, 'found')
  return (
    <>
      <DriversFigures drivers={drivers} numbers={numbers} />
      {found.length === 0 ? <p className={style.foot}>{text('drivers.nothingFound')}</p> : <DriversList label={text('drivers.groups.found')} rows={found} drivers={drivers} numbers={numbers} />}
    </>
  )
}

/** How many met which; overlaps and the method are on the page of the report. */
function ReasonsCard({ reasons, numbers }: { readonly reasons: Reasons; readonly numbers: ReasonsReply['numbers'] }) {
  return (
    <>
      <ReasonsFigures reasons={reasons} numbers={numbers} />
      <ReasonsList reasons={reasons} numbers={numbers} />
    </>
  )
}

/** What a choice hangs on; how good the model is stands on the page of the report. */
function ChoiceCard({ choice, numbers }: { readonly choice: Choice; readonly numbers: ChoiceReply['numbers'] }) {
  const text = useText()
  return (
    <>
      <ChoiceFigures choice={choice} numbers={numbers} />
      {numbers.model == null ? <p className={style.foot}>{text('choice.noModel')}</p> : <ChoiceFactors choice={choice} numbers={numbers} />}
    </>
  )
}

/** What is written of; the method is on the page of the report. */
function TopicsCard({ topics, numbers }: { readonly topics: TopicsReport; readonly numbers: TopicsReply['numbers'] }) {
  return (
    <>
      <TopicsFigures topics={topics} numbers={numbers} />
      <TopicsList topics={topics} numbers={numbers} />
    </>
  )
}

/** Ways that stand out; the page of the report says against what. */
function UnexpectedCard({ unexpected, numbers }: { readonly unexpected: Unexpected; readonly numbers: UnexpectedReply['numbers'] }) {
  const text = useText()
  return (
    <>
      <UnexpectedFigures unexpected={unexpected} numbers={numbers} />
      {numbers.ways.length === 0 ? <p className={style.foot}>{text('unexpected.none')}</p> : <UnexpectedWays unexpected={unexpected} numbers={numbers} />}
    </>
  )
}

/** What loses people; the page of the report says what is no finding. */
function LeavingCard({ leaving, numbers }: { readonly leaving: LastTouch; readonly numbers: LastTouchReply['numbers'] }) {
  const text = useText()
  const found = touchesIn(numbers.touches, 'loses')
  return (
    <>
      <LeavingFigures leaving={leaving} numbers={numbers} />
      {found.length === 0 ? <p className={style.foot}>{text('leaving.nothingFound')}</p> : <TouchList label={text('leaving.groups.loses')} rows={found} leaving={leaving} numbers={numbers} />}
    </>
  )
}

/** The first lines; the page of the report has them all, and who is behind each. */
function TrendsCard({ trends, reply, isTall }: { readonly trends: Trends; readonly reply: TrendsReply; readonly isTall: boolean }) {
  const rows = trendRows(reply.numbers, null)
  return (
    <>
      <TrendsDrawing trends={trends} reply={reply} rows={rows.filter((it) => it.slot !== null)} height={isTall ? 260 : 190} />
      {isTall && <TrendsTable trends={trends} reply={reply} rows={rows.slice(0, DRAWN_MAX)} />}
    </>
  )
}

/** As many passages as fit; the page of the report has them all. */
const TRANSITIONS_SHOWN = 12

function TransitionsCard({ reply }: { readonly reply: TransitionsReply }) {
  const text = useText()
  const format = useFormat()
  const names = nameElements(reply.numbers.elements.map((it) => it.element), text('label.rest'))
  const nameOf = (id: string) => names.get(id) ?? id
  const rows = transitionRows(reply.numbers).toSorted((a, b) => b.times - a.times)
  return (
    <div className={style.scroll} tabIndex={0} role="region" aria-label={text('paths.transitions')}>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">{text('dashboard.passage')}</th>
            <th scope="col" data-number>
              {text('dashboard.times')}
            </th>
            <th scope="col" data-number>
              {text('dashboard.medianTime')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, TRANSITIONS_SHOWN).map((row) => (
            <tr key={row.key}>
              <th scope="row">{text('paths.link', { from: nameOf(row.from), to: nameOf(row.to) })}</th>
              <td data-number>{format.count(row.times)}</td>
              <td data-number>{format.span(row.medianMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

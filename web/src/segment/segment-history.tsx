import { useQuery } from '@tanstack/react-query'
import { segmentHistoryQuery } from '../api/segment.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { DayLine } from '../chart/day-line.tsx'
import { StackedBars } from '../chart/stacked-bars.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import style from './segment.module.css'

/** How many were in a segment day by day, and how often somebody came and went. */
export function SegmentHistory({ segment }: { readonly segment: string }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const history = useQuery(segmentHistoryQuery(ws, segment))
  const days = history.data?.days ?? []
  const label = text('segment.history')
  return (
    <Section title={label} note={text('segment.historyNote')}>
      {history.error !== null ? (
        <Failed small error={history.error} onRetry={() => void history.refetch()} />
      ) : history.data === undefined ? (
        <Loading rows={3} />
      ) : days.length < 2 ? (
        <p className={style.unused}>{text('segment.historySoon')}</p>
      ) : (
        <TableTwin
          label={label}
          twin={{
            head: [text('segment.day'), text('segment.atEnd'), text('segment.entered'), text('segment.left')],
            rows: days.toReversed().map((it) => [format.date(it.day), format.count(it.people), format.count(it.entered), format.count(it.left)]),
          }}
        >
          <DayLine label={text('segment.atEnd')} days={days.map((it) => ({ day: it.day, value: it.people }))} showDay={format.date} showValue={format.count} showTick={format.compact} />
          <StackedBars
            label={text('segment.moves')}
            height={170}
            series={[
              { name: text('segment.entered'), color: 'returning', isBelow: false },
              { name: text('segment.left'), color: 'dormant', isBelow: true },
            ]}
            bars={days.map((it, index) => ({ name: format.date(it.day), values: [it.entered, it.left], isOpen: index === days.length - 1 }))}
            showValue={format.count}
            showTick={format.compact}
          />
        </TableTwin>
      )}
    </Section>
  )
}

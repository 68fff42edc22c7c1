import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { HeatmapAnswerView } from './heatmap-answer.tsx'
import { HeatmapBuilder } from './heatmap-builder.tsx'
import { useHeatmap } from './use-heatmap.ts'

/** Where things crowd: hours of a week, steps by people, two fields. */
export function HeatmapPage() {
  const text = useText()
  const { heatmap, askable, reply, edit, measure, choose } = useHeatmap()
  return (
    <ReportPage
      question={{ page: 'heatmap', report: askable ? { kind: 'heatmap', ...heatmap } : null, search: { ask: heatmap, show: measure } }}
      people={{ rule: heatmap.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: heatmap.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.heatmap'), reply.data)] : []}
      title={text('page.heatmap')}
      note={text('heatmap.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={heatmap.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <HeatmapBuilder heatmap={heatmap} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <Empty title={text('heatmap.empty')}>{text('heatmap.emptyNote')}</Empty>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('heatmap.nothing')}>{text('heatmap.nothingNote')}</Empty>
          ) : (
            <HeatmapAnswerView heatmap={reply.data.report.kind === 'heatmap' ? reply.data.report : heatmap} reply={reply.data} measure={measure} choose={choose} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

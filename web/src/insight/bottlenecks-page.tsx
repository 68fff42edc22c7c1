import { useMemo } from 'react'
import { useNames } from '../api/use-names.ts'
import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { BottlenecksAnswerView } from './bottlenecks-answer.tsx'
import { BottlenecksBuilder } from './bottlenecks-builder.tsx'
import style from './funnel.module.css'
import { useBottlenecks } from './use-bottlenecks.ts'
import { LabelNamesContext } from './use-label-text.ts'

/** Where people are lost from stage to stage, and where more go on than elsewhere. */
export function BottlenecksPage() {
  const text = useText()
  const names = useNames()
  const { report, askable, hasStages, reply, edit } = useBottlenecks()
  const nameOf = useMemo(
    () => (field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null),
    [names],
  )
  return (
    <LabelNamesContext value={nameOf}>
      <ReportPage
        question={{ page: 'bottlenecks', report: askable ? { kind: 'bottlenecks', ...report } : null, search: { ask: report } }}
        people={{ rule: report.people ?? null, set: (people) => edit({ people }) }}
        filter={{ rule: report.filter, set: (filter) => edit({ filter }) }}
        answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.bottlenecks'), reply.data)] : []}
        title={text('page.bottlenecks')}
        note={text('bottlenecks.note')}
        actions={
          <>
            {reply.data !== undefined && askable && (
              <span className={style.quiet}>
                <Age time={reply.data.taken} />
              </span>
            )}
            <RangePicker range={report.range} onChange={(range) => edit({ range })} />
          </>
        }
      >
        <div className={style.page}>
          <BottlenecksBuilder report={report} edit={edit} />
          <div className={style.answer}>
            {!hasStages ? (
              <Empty title={text('bottlenecks.noStages')}>{text('bottlenecks.noStagesNote')}</Empty>
            ) : !askable ? (
              <Empty title={text('bottlenecks.noGoal')}>{text('bottlenecks.noGoalNote')}</Empty>
            ) : reply.error !== null ? (
              <Failed error={reply.error} onRetry={() => void reply.refetch()} />
            ) : reply.data === undefined ? (
              <Loading rows={8} />
            ) : reply.data.n === 0 ? (
              <Empty title={text('bottlenecks.nobody')}>{text('bottlenecks.nobodyNote')}</Empty>
            ) : (
              <BottlenecksAnswerView report={report} numbers={reply.data.numbers} />
            )}
          </div>
        </div>
      </ReportPage>
    </LabelNamesContext>
  )
}

import { useCallback } from 'react'
import { useNames } from '../api/use-names.ts'
import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { isToldOf } from './field-choices.ts'
import { TrendsAnswerView } from './trends-answer.tsx'
import { TrendsBuilder } from './trends-builder.tsx'
import style from './trends.module.css'
import { LabelNamesContext } from './use-label-text.ts'
import { useTrends } from './use-trends.ts'

/** How quantities move over time, and when they changed. */
export function TrendsPage() {
  const text = useText()
  const names = useNames()
  const nameOf = useCallback((field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null), [names])
  const { trends, askable, reply, edit, drawn, draw } = useTrends()
  return (
    <ReportPage
      question={{ page: 'trends', report: askable ? { kind: 'trends', ...trends } : null, search: { ask: trends, ...(drawn === null ? {} : { drawn }) } }}
      people={{ rule: trends.people ?? null, set: (people) => edit({ kind: 'set', change: { people } }) }}
      filter={{ rule: trends.filter, set: (filter) => edit({ kind: 'set', change: { filter } }) }}
      accounts={{ type: trends.accounts ?? null, set: (accounts) => edit({ kind: 'set', change: { accounts, ...(isToldOf(trends.breakdown ?? '', accounts) ? {} : { breakdown: null }) } }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.trends'), reply.data)] : []}
      title={text('page.trends')}
      note={text('trends.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={trends.range} onChange={(range) => edit({ kind: 'set', change: { range } })} />
        </>
      }
    >
      <div className={style.page}>
        <TrendsBuilder trends={trends} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <Empty title={text('trends.empty')}>{text('trends.emptyNote')}</Empty>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('trends.nothing')}>{text('trends.nothingNote')}</Empty>
          ) : (
            <LabelNamesContext value={nameOf}>
              <TrendsAnswerView trends={reply.data.report.kind === 'trends' ? reply.data.report : trends} reply={reply.data} drawn={drawn} draw={draw} />
            </LabelNamesContext>
          )}
        </div>
      </div>
    </ReportPage>
  )
}

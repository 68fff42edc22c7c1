import { useCallback } from 'react'
import { useNames } from '../api/use-names.ts'
import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { LeavingAnswerView } from './leaving-answer.tsx'
import { LeavingBuilder } from './leaving-builder.tsx'
import { useLeaving } from './use-leaving.ts'
import { LabelNamesContext } from './use-label-text.ts'

/** What people meet last before they leave, against those who were like them and stayed. */
export function LeavingPage() {
  const text = useText()
  const names = useNames()
  const nameOf = useCallback((field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null), [names])
  const { leaving, reply, edit } = useLeaving()
  const { data } = reply
  return (
    <ReportPage
      question={{ page: 'leaving', report: { kind: 'last_touch', ...leaving }, search: { ask: leaving } }}
      people={{ rule: leaving.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: leaving.filter, set: (filter) => edit({ filter }) }}
      answers={data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.leaving'), data)] : []}
      title={text('page.leaving')}
      note={text('leaving.note')}
      actions={
        <>
          {data !== undefined && (
            <span className={style.quiet}>
              <Age time={data.taken} />
            </span>
          )}
          <RangePicker range={leaving.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <LeavingBuilder leaving={leaving} edit={edit} />
        <div className={style.answer}>
          {reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : data === undefined ? (
            <Loading rows={6} />
          ) : data.numbers.seen.times === 0 ? (
            <Empty title={text('leaving.empty')}>{text('leaving.emptyNote')}</Empty>
          ) : (
            <LabelNamesContext value={nameOf}>
              <LeavingAnswerView leaving={leaving} reply={data} />
            </LabelNamesContext>
          )}
        </div>
      </div>
    </ReportPage>
  )
}

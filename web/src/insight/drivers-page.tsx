import { useCallback } from 'react'
import { useNames } from '../api/use-names.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { DriversAnswerView } from './drivers-answer.tsx'
import { DriversBuilder } from './drivers-builder.tsx'
import style from './funnel.module.css'
import { SuggestedFunnels } from './suggested.tsx'
import { useDrivers } from './use-drivers.ts'
import { LabelNamesContext } from './use-label-text.ts'

/** What people do on their way that goes with getting there, or not. */
export function DriversPage() {
  const text = useText()
  const names = useNames()
  const nameOf = useCallback((field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null), [names])
  const { drivers, askable, reply, edit } = useDrivers()
  return (
    <ReportPage
      question={{ page: 'drivers', report: askable ? { kind: 'drivers', ...drivers } : null, search: { ask: drivers } }}
      people={{ rule: drivers.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: drivers.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.drivers'), reply.data)] : []}
      title={text('page.drivers')}
      note={text('drivers.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={drivers.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <DriversBuilder drivers={drivers} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('drivers.empty')}>{text('drivers.emptyNote')}</Empty>
              {drivers.steps.length === 0 && <SuggestedFunnels onChoose={(steps) => edit({ steps })} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <LabelNamesContext value={nameOf}>
              <DriversAnswerView drivers={drivers} reply={reply.data} />
            </LabelNamesContext>
          )}
        </div>
      </div>
    </ReportPage>
  )
}

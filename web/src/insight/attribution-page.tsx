import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { AttributionAnswerView } from './attribution-answer.tsx'
import { AttributionBuilder } from './attribution-builder.tsx'
import style from './funnel.module.css'
import { SuggestedConversions } from './suggested.tsx'
import { useAttribution } from './use-attribution.ts'

/** Which touches get how much of the credit for conversions, by every model. */
export function AttributionPage() {
  const text = useText()
  const { attribution, askable, reply, edit, show, setShow } = useAttribution()
  return (
    <ReportPage
      question={{ page: 'attribution', report: askable ? { kind: 'attribution', ...attribution } : null, search: { ask: attribution, ...(show === 'conversions' ? {} : { show }) } }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.attribution'), reply.data)] : []}
      people={{ rule: attribution.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: attribution.filter, set: (filter) => edit({ filter }) }}
      title={text('page.attribution')}
      note={text('attribution.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={attribution.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <AttributionBuilder attribution={attribution} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('attribution.empty')}>{text('attribution.emptyNote')}</Empty>
              <SuggestedConversions onChoose={(conversion) => edit({ conversion })} />
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <AttributionAnswerView attribution={attribution} reply={reply.data} show={show} setShow={setShow} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

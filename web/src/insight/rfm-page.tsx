import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { RfmAnswerView } from './rfm-answer.tsx'
import { RfmBuilder } from './rfm-builder.tsx'
import { SuggestedConversions } from './suggested.tsx'
import { useRfm } from './use-rfm.ts'

/** Customers by how recently, how often and for how much they bought. */
export function RfmPage() {
  const text = useText()
  const { rfm, askable, reply, edit } = useRfm()
  return (
    <ReportPage
      question={{ page: 'customers', report: askable ? { kind: 'rfm', ...rfm } : null, search: { ask: rfm } }}
      people={{ rule: rfm.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: rfm.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.customers'), reply.data)] : []}
      title={text('page.customers')}
      note={text('rfm.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={rfm.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <RfmBuilder rfm={rfm} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('rfm.empty')}>{text('rfm.emptyNote')}</Empty>
              <SuggestedConversions onChoose={(purchase) => edit({ purchase })} />
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={8} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('rfm.nobody')}>{text('rfm.nobodyNote')}</Empty>
          ) : (
            <RfmAnswerView rfm={rfm} numbers={reply.data.numbers} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

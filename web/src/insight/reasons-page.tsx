import type { FunnelStep } from '../api/funnel.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { suggestedQuotes } from './reasons.ts'
import { ReasonsAnswerView } from './reasons-answer.tsx'
import { ReasonsBuilder } from './reasons-builder.tsx'
import { SuggestedFunnels } from './suggested.tsx'
import { useReasons } from './use-reasons.ts'
import { useSuggestedReasons } from './use-suggested-reasons.ts'

/** Why people who set out do not get there. */
export function ReasonsPage() {
  const text = useText()
  const source = useMatcherSource()
  const { reasons, askable, reply, edit } = useReasons()
  const suggested = useSuggestedReasons()
  // Who chooses a way has something to look at at once, and changes what does not fit.
  const begin = (steps: readonly FunnelStep[]) => edit({ steps, reasons: suggested(steps), quotes: suggestedQuotes(source.fields.map((it) => it.field)) })
  return (
    <ReportPage
      question={{ page: 'reasons', report: askable ? { kind: 'reasons', ...reasons } : null, search: { ask: reasons } }}
      people={{ rule: reasons.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: reasons.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.reasons'), reply.data)] : []}
      title={text('page.reasons')}
      note={text('reasons.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={reasons.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <ReasonsBuilder reasons={reasons} edit={edit} suggested={suggested(reasons.steps)} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('reasons.empty')}>{text(reasons.steps.length < 2 ? 'reasons.emptyNote' : 'reasons.noReasonNote')}</Empty>
              {reasons.steps.length === 0 && <SuggestedFunnels onChoose={begin} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <ReasonsAnswerView reasons={reasons} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

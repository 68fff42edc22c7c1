import type { Range } from '../api/model.ts'
import type { ReturnQuestion, ReturnReply } from '../api/retention.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { isToldOf } from './field-choices.ts'
import { LifecycleAnswerView } from './lifecycle-answer.tsx'
import { RetentionAnswerView } from './retention-answer.tsx'
import { RetentionBuilder } from './retention-builder.tsx'
import style from './retention.module.css'
import { StickinessAnswerView } from './stickiness-answer.tsx'
import { useRetention } from './use-retention.ts'

/** Who comes back, how often, and who goes silent. */
export function RetentionPage() {
  const text = useText()
  const { question, reply, change } = useRetention()
  return (
    <ReportPage
      question={{ page: 'retention', report: question, search: { ask: question } }}
      answers={reply.data?.numbers.kind === question.kind && !reply.isPlaceholderData ? [answerOf(text('page.retention'), reply.data)] : []}
      people={{ rule: question.people ?? null, set: (people) => change({ ...question, people }) }}
      filter={{ rule: question.filter, set: (filter) => change({ ...question, filter }) }}
      accounts={question.kind === 'retention' ? { type: question.accounts ?? null, set: (accounts) => change({ ...question, accounts, ...(isToldOf(question.breakdown ?? '', accounts) ? {} : { breakdown: null }) }) } : undefined}
      title={text('page.retention')}
      note={text('retention.note')}
      actions={
        <>
          {reply.data !== undefined && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={question.range} onChange={(range: Range) => change({ ...question, range })} />
        </>
      }
    >
      <div className={style.page}>
        <RetentionBuilder question={question} change={change} />
        <div className={style.answer}>
          {reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined || reply.data.numbers.kind !== question.kind ? (
            <Loading rows={6} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('retention.empty')}>{text('retention.emptyNote')}</Empty>
          ) : (
            <AnswerView question={question} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

function AnswerView({ question, reply }: { readonly question: ReturnQuestion; readonly reply: ReturnReply }) {
  const { numbers, n } = reply
  if (question.kind === 'retention' && numbers.kind === 'retention') return <RetentionAnswerView question={question} numbers={numbers} n={n} />
  if (question.kind === 'stickiness' && numbers.kind === 'stickiness') return <StickinessAnswerView question={question} numbers={numbers} n={n} />
  if (question.kind === 'lifecycle' && numbers.kind === 'lifecycle') return <LifecycleAnswerView question={question} numbers={numbers} n={n} />
  return null
}

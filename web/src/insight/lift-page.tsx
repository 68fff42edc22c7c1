import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { LiftAnswerView } from './lift-answer.tsx'
import { LiftBuilder } from './lift-builder.tsx'
import { SuggestedConversions } from './suggested.tsx'
import { useLift } from './use-lift.ts'

/** What people do more because they were treated, and whether that pays. */
export function LiftPage() {
  const text = useText()
  const { lift, lack, reply, edit } = useLift()
  return (
    <ReportPage
      question={{ page: 'lift', report: lack === null ? { kind: 'lift', ...lift } : null, search: { ask: lift } }}
      people={{ rule: lift.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: lift.filter, set: (filter) => edit({ filter }) }}
      answers={lack === null && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.lift'), reply.data)] : []}
      title={text('page.lift')}
      note={text('lift.note')}
      actions={
        <>
          {reply.data !== undefined && lack === null && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={lift.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <LiftBuilder lift={lift} edit={edit} />
        <div className={style.answer}>
          {lack !== null ? (
            <>
              <Empty title={text(`lift.lack.${lack}`)}>{text(`lift.lackNote.${lack}`)}</Empty>
              {lack === 'goal' && <SuggestedConversions onChoose={(goal) => edit({ goal })} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={8} />
          ) : reply.data.numbers.arms.every((it) => it.assigned === 0) ? (
            <Empty title={text('lift.nobody')}>{text('lift.nobodyNote')}</Empty>
          ) : (
            <LiftAnswerView lift={lift} numbers={reply.data.numbers} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

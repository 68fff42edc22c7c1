import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Choice, choiceQuery } from '../api/choice.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { canAskChoice, plainChoice } from './choice.ts'
import { ChoiceAnswerView } from './choice-answer.tsx'
import { ChoiceBuilder } from './choice-builder.tsx'
import style from './funnel.module.css'
import { SuggestedConversions } from './suggested.tsx'

/** Why people choose one way and not another. */
export function ChoicePage() {
  const text = useText()
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/choice' })
  const navigate = useNavigate({ from: '/w/$ws/choice' })
  const choice = ask ?? plainChoice({ last: '60d', zone: workspace.zone })
  const askable = canAskChoice(choice)
  const reply = useQuery(choiceQuery(workspace.id, choice, askable, asOf))
  const edit = (change: Partial<Choice>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...choice, ...change } }), replace: true })
  const hasGoal = Object.keys(choice.goal).length > 0
  return (
    <ReportPage
      question={{ page: 'choice', report: askable ? { kind: 'choice', ...choice } : null, search: { ask: choice } }}
      people={{ rule: choice.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: choice.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.choice'), reply.data)] : []}
      title={text('page.choice')}
      note={text('choice.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={choice.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <ChoiceBuilder choice={choice} ways={reply.data?.numbers.ways ?? []} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('choice.empty')}>{text(hasGoal ? 'choice.emptyMatter' : 'choice.emptyNote')}</Empty>
              {!hasGoal && <SuggestedConversions onChoose={(goal) => edit({ goal })} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <ChoiceAnswerView choice={choice} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

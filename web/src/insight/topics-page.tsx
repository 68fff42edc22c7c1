import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type TopicsReport, topicsQuery } from '../api/topics.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { Suggested } from './suggested.tsx'
import { canAskTopics, plainTopics, suggestedTexts } from './topics.ts'
import { TopicsAnswerView } from './topics-answer.tsx'
import { TopicsBuilder } from './topics-builder.tsx'

/** What people write of. */
export function TopicsPage() {
  const text = useText()
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const source = useMatcherSource()
  const { ask } = useSearch({ from: '/w/$ws/topics' })
  const navigate = useNavigate({ from: '/w/$ws/topics' })
  const topics = ask ?? plainTopics({ last: '60d', zone: workspace.zone })
  const askable = canAskTopics(topics)
  const reply = useQuery(topicsQuery(workspace.id, topics, askable, asOf))
  const edit = (change: Partial<TopicsReport>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...topics, ...change } }), replace: true })
  const suggested = suggestedTexts(source.fields.map((it) => it.field))
  const choices = [...(suggested.length > 1 ? [suggested] : []), ...suggested.map((it) => [it])]
  return (
    <ReportPage
      question={{ page: 'topics', report: askable ? { kind: 'topics', ...topics } : null, search: { ask: topics } }}
      people={{ rule: topics.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: topics.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.topics'), reply.data)] : []}
      title={text('page.topics')}
      note={text('topics.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={topics.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <TopicsBuilder topics={topics} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('topics.empty')}>{text(topics.fields.length === 0 ? 'topics.emptyNote' : 'drivers.emptyNote')}</Empty>
              {topics.fields.length === 0 && <Suggested title={text('topics.suggested')} choices={choices.map((names) => ({ names, isList: true, run: () => edit({ fields: names }) }))} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <TopicsAnswerView topics={topics} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Unexpected, unexpectedQuery } from '../api/unexpected.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { byOf, plainUnexpected } from './unexpected.ts'
import { UnexpectedAnswerView } from './unexpected-answer.tsx'
import { UnexpectedBuilder } from './unexpected-builder.tsx'

/** Ways that many more people go than a chain without memory makes them. */
export function UnexpectedPage() {
  const text = useText()
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/unexpected' })
  const navigate = useNavigate({ from: '/w/$ws/unexpected' })
  const unexpected = ask ?? plainUnexpected({ last: '60d', zone: workspace.zone })
  const { by } = unexpected
  const lacksField = byOf(by) === 'field' && typeof by === 'object' && 'field' in by && by.field === ''
  const reply = useQuery(unexpectedQuery(workspace.id, unexpected, !lacksField, asOf))
  const edit = (change: Partial<Unexpected>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...unexpected, ...change } }), replace: true })
  return (
    <ReportPage
      question={{ page: 'unexpected', report: lacksField ? null : { kind: 'unexpected', ...unexpected }, search: { ask: unexpected } }}
      people={{ rule: unexpected.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: unexpected.filter, set: (filter) => edit({ filter }) }}
      answers={reply.data !== undefined && !reply.isPlaceholderData && !lacksField ? [answerOf(text('page.unexpected'), reply.data)] : []}
      title={text('page.unexpected')}
      note={text('unexpected.note')}
      actions={
        <>
          {reply.data !== undefined && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={unexpected.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <UnexpectedBuilder unexpected={unexpected} edit={edit} />
        <div className={style.answer}>
          {lacksField ? (
            <Empty title={text('paths.chooseField')}>{text('unexpected.fieldNote')}</Empty>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <UnexpectedAnswerView unexpected={unexpected} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

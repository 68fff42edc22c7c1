import { Link } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { PromisesAnswerView } from './promises-answer.tsx'
import { PromisesBuilder } from './promises-builder.tsx'
import { usePromises } from './use-promises.ts'

/** What was promised against what happened: how many are late, by how much, and whose they are. */
export function PromisesPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { promises, promising, kinds, askable, reply, edit } = usePromises()
  const shown = askable && reply.data !== undefined && !reply.isPlaceholderData ? reply.data : undefined
  return (
    <ReportPage
      question={{ page: 'promises', report: askable ? { kind: 'promises', ...promises } : null, search: { ask: promises } }}
      people={{ rule: promises.people ?? null, set: (people) => edit({ people }) }}
      filter={null}
      answers={shown === undefined ? [] : [answerOf(text('page.promises'), shown)]}
      title={text('page.promises')}
      note={text('promises.note')}
      actions={
        <>
          {shown !== undefined && (
            <span className={style.quiet}>
              <Age time={shown.taken} />
            </span>
          )}
          <RangePicker range={promises.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <PromisesBuilder promises={promises} promising={promising ?? []} edit={edit} />
        <div className={style.answer}>
          {kinds.error !== null ? (
            <Failed error={kinds.error} onRetry={() => void kinds.refetch()} />
          ) : kinds.data !== undefined && !askable ? (
            <Empty title={text('promises.noKind')} actions={<Link to="/w/$ws/objects/kinds" params={{ ws }}>{text('object.editKinds')}</Link>}>
              {text('promises.noKindNote')}
            </Empty>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('promises.nothing')}>{text('promises.nothingNote')}</Empty>
          ) : (
            <PromisesAnswerView promises={reply.data.report.kind === 'promises' ? reply.data.report : promises} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

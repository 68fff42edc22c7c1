import { Link } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { useAsOf } from '../report/use-as-of.ts'
import { RangePicker } from '../ui/range-picker.tsx'
import { differenceOf } from './difference.ts'
import { driversOf } from './drivers.ts'
import { isToldOf } from './field-choices.ts'
import { filterBy, isAskable } from './funnel.ts'
import { FunnelAnswerView } from './funnel-answer.tsx'
import { FunnelBuilder } from './funnel-builder.tsx'
import style from './funnel.module.css'
import { reasonsOf } from './reasons.ts'
import { SuggestedFunnels } from './suggested.tsx'
import { useFunnel } from './use-funnel.ts'

/** Who gets how far through steps, and where they are lost. */
export function FunnelPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { funnel, askable, reply, edit } = useFunnel()
  const { then } = useAsOf()
  return (
    <ReportPage
      question={{ page: 'funnel', report: askable ? { kind: 'funnel', ...funnel } : null, search: { ask: funnel } }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.funnel'), reply.data)] : []}
      people={{ rule: funnel.people ?? null, set: (people) => edit({ kind: 'set', change: { people } }) }}
      filter={{ rule: funnel.filter?.rule, set: (rule) => edit({ kind: 'set', change: { filter: filterBy(funnel, rule) } }) }}
      accounts={{ type: funnel.accounts ?? null, set: (accounts) => edit({ kind: 'set', change: { accounts, ...(isToldOf(funnel.breakdown?.field ?? '', accounts) ? {} : { breakdown: null }) } }) }}
      title={text('page.funnel')}
      note={text('funnel.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          {isAskable(funnel) && funnel.steps.length > 1 && (
            <>
              <Link className={style.link} to="/w/$ws/drivers" params={{ ws }} search={{ ask: driversOf(funnel), ...then }}>
                {text('funnel.toDrivers')}
              </Link>
              <Link className={style.link} to="/w/$ws/reasons" params={{ ws }} search={{ ask: reasonsOf(funnel), ...then }}>
                {text('funnel.toReasons')}
              </Link>
              <Link className={style.link} to="/w/$ws/difference" params={{ ws }} search={{ ask: differenceOf(funnel), ...then }}>
                {text('funnel.compareDefinitions')}
              </Link>
            </>
          )}
          <RangePicker range={funnel.range} onChange={(range) => edit({ kind: 'set', change: { range } })} />
        </>
      }
    >
      <div className={style.page}>
        <FunnelBuilder funnel={funnel} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('funnel.empty')}>{text('funnel.emptyNote')}</Empty>
              {funnel.steps.length === 0 && <SuggestedFunnels onChoose={(steps) => edit({ kind: 'set', change: { steps } })} />}
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : (
            <FunnelAnswerView funnel={funnel} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

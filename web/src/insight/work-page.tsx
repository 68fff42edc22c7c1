import { useMatcherSource } from '../api/use-matcher-source.ts'
import type { WorkTime } from '../api/work-time.ts'
import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Popover } from '../ui/popover.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { countConditions } from '../ui/rule.ts'
import { Suggested } from './suggested.tsx'
import { TimeOf } from './time-of.tsx'
import style from './time.module.css'
import { useWork } from './use-work.ts'
import { WorkAnswerView } from './work-answer.tsx'
import { WorkSteps } from './work-steps.tsx'
import { suggestedSteps } from './work.ts'

/** How long work on steps takes, against how long people wait for it. */
export function WorkPage({ work }: { readonly work: WorkTime }) {
  const text = useText()
  const source = useMatcherSource()
  const { asked, step, reply, change, look } = useWork(work)
  const suggested = work.steps.length === 0 ? suggestedSteps(source.events.map((it) => it.name)) : []
  return (
    <ReportPage
      question={{ page: 'time', report: asked === null ? null : { kind: 'work_time', ...asked }, search: { work, ...(step === undefined ? {} : { stage: step }) } }}
      people={{ rule: work.people ?? null, set: (people) => change({ people }) }}
      filter={{ rule: work.filter, set: (filter) => change({ filter }) }}
      answers={asked !== null && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.time'), reply.data)] : []}
      title={text('page.time')}
      note={text('work.note')}
      actions={
        <>
          {reply.data !== undefined && asked !== null && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={work.range} onChange={(range) => change({ range })} />
        </>
      }
    >
      <div className={style.ask}>
        <div className={style.fields}>
          <TimeOf />
          <Popover
            label={text('paths.filter')}
            target={(target) => (
              <Button {...target} icon="filter">
                {work.filter == null ? text('paths.filter') : text('matcher.conditions', { count: countConditions(work.filter) })}
              </Button>
            )}
          >
            {() => <FilterBuilder rule={work.filter ?? undefined} source={source} onChange={(rule) => change({ filter: rule ?? null })} />}
          </Popover>
        </div>
        <WorkSteps steps={work.steps} onChange={(steps) => change({ steps })} />
      </div>
      {asked === null ? (
        <>
          <Empty title={text('work.empty')}>{text('work.emptyNote')}</Empty>
          <Suggested
            title={text('work.suggested')}
            choices={[
              ...(suggested.length > 1 ? [{ names: suggested.map((it) => it.name), isList: true, run: () => change({ steps: suggested }) }] : []),
              ...suggested.map((it) => ({ names: [it.asked, it.start, it.end].flatMap((matcher) => matcher?.events ?? []), run: () => change({ steps: [it] }) })),
            ]}
          />
        </>
      ) : reply.error !== null && reply.data === undefined ? (
        <Failed error={reply.error} onRetry={() => void reply.refetch()} />
      ) : reply.data === undefined ? (
        <Loading rows={6} />
      ) : reply.data.n === 0 ? (
        <Empty title={text('work.none')}>{text('work.noneNote')}</Empty>
      ) : (
        <WorkAnswerView reply={reply.data} isStale={reply.isPlaceholderData} step={step} look={look} />
      )}
    </ReportPage>
  )
}

import { useSearch } from '@tanstack/react-router'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { TimeAnswerView } from './time-answer.tsx'
import { TimeChoices } from './time-choices.tsx'
import { stageTimeOf, twoSteps } from './time.ts'
import style from './time.module.css'
import { useTime } from './use-time.ts'
import { WorkPage } from './work-page.tsx'

/** How long things take: stays in stages or between steps, or waiting and work. */
export function TimePage() {
  const { work } = useSearch({ from: '/w/$ws/time' })
  return work === undefined ? <StaysPage /> : <WorkPage work={work} />
}

/** How long people stay in each stage, or between steps, those who are still there included. */
function StaysPage() {
  const text = useText()
  const { ask, lack, stage, reply, change, look } = useTime()
  return (
    <ReportPage
      question={{ page: 'time', report: lack === null ? { kind: 'stage_time', ...stageTimeOf(ask) } : null, search: { ask, ...(stage === undefined ? {} : { stage }) } }}
      answers={lack === null && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.time'), reply.data)] : []}
      people={{ rule: ask.people ?? null, set: (people) => change({ people: people ?? undefined }) }}
      filter={{ rule: ask.filter, set: (filter) => change({ filter: filter ?? undefined }) }}
      title={text('page.time')}
      note={text('time.note')}
      actions={
        <>
          {reply.data !== undefined && lack === null && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={ask.range} onChange={(range) => change({ range })} />
        </>
      }
    >
      <TimeChoices ask={ask} change={change} />
      {lack === 'vocabulary' ? (
        <Loading rows={6} />
      ) : lack !== null ? (
        <Empty
          title={text(`time.lack.${lack}`)}
          actions={
            lack === 'stages' ? <Button onClick={() => change({ own: twoSteps((number) => text('funnel.newStep', { number })) })}>{text('time.ofs.own')}</Button> : undefined
          }
        >
          {text(`time.lackNote.${lack}`)}
        </Empty>
      ) : reply.error !== null && reply.data === undefined ? (
        <Failed error={reply.error} onRetry={() => void reply.refetch()} />
      ) : reply.data === undefined ? (
        <Loading rows={6} />
      ) : reply.data.n === 0 ? (
        <Empty title={text('time.none')}>{text('time.noneNote')}</Empty>
      ) : (
        <TimeAnswerView reply={reply.data} isStale={reply.isPlaceholderData} hasSilence={ask.silence !== undefined} stage={stage} look={look} />
      )}
    </ReportPage>
  )
}

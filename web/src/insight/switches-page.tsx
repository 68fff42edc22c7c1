import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { SwitchesAnswerView } from './switches-answer.tsx'
import { SwitchesBuilder } from './switches-builder.tsx'
import { useSwitches } from './use-switches.ts'

/** What happens when people change the channel, against those who were as far and stayed. */
export function SwitchesPage() {
  const text = useText()
  const { switches, reply, look, search, edit, setStage, setShow, choose } = useSwitches()
  return (
    <ReportPage
      question={{ page: 'switches', report: { kind: 'switches', ...switches }, search }}
      people={{ rule: switches.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: switches.filter, set: (filter) => edit({ filter }) }}
      answers={reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.switches'), reply.data)] : []}
      title={text('page.switches')}
      note={text('switches.note')}
      actions={
        <>
          {reply.data !== undefined && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={switches.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <SwitchesBuilder switches={switches} edit={edit} />
        <div className={style.answer}>
          {reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : reply.data.numbers.leaves.length === 0 ? (
            <Empty title={text('switches.empty')}>{text('switches.emptyNote')}</Empty>
          ) : (
            <SwitchesAnswerView switches={switches} reply={reply.data} look={look} setStage={setStage} setShow={setShow} choose={choose} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { DifferenceFigures, DifferenceMoves } from './difference-answer.tsx'
import { DifferenceSide } from './difference-side.tsx'
import style from './difference.module.css'
import funnelStyle from './funnel.module.css'
import { useDifference } from './use-difference.ts'

/** Why two funnels do not say the same, and who makes the difference. */
export function DifferencePage() {
  const text = useText()
  const { ask, whole, saved, reply, measure, edit, setMeasure } = useDifference()
  const { data } = reply
  return (
    <ReportPage
      question={{ page: 'difference', report: whole === null ? null : { kind: 'difference', ...whole }, search: { ask, ...(measure === 'entered' ? { show: measure } : {}) } }}
      people={null}
      filter={null}
      answers={whole !== null && data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.difference'), data)] : []}
      title={text('page.difference')}
      note={text('difference.note')}
      actions={
        data !== undefined &&
        whole !== null && (
          <span className={funnelStyle.quiet}>
            <Age time={data.taken} />
          </span>
        )
      }
    >
      <div className={style.sides}>
        <DifferenceSide side="from" ask={ask} saved={saved} edit={edit} />
        <DifferenceSide side="to" ask={ask} saved={saved} edit={edit} />
      </div>
      {whole === null ? (
        <Empty title={text('difference.empty')}>{text(saved.length === 0 && ask.from === undefined && ask.to === undefined ? 'difference.emptyNote' : 'difference.otherNote')}</Empty>
      ) : reply.error !== null ? (
        <Failed error={reply.error} onRetry={() => void reply.refetch()} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : data.numbers.moves.length === 0 ? (
        <Empty title={text('difference.same')}>{text('difference.sameNote')}</Empty>
      ) : (
        <>
          <DifferenceFigures difference={whole} numbers={data.numbers} measure={measure} />
          <Section
            title={text('difference.moves')}
            note={text('difference.movesNote')}
            aside={
              <Segments
                label={text('difference.measure')}
                value={measure}
                segments={(['converted', 'entered'] as const).map((value) => ({ value, label: text(`difference.measures.${value}`) }))}
                onChange={setMeasure}
              />
            }
          >
            <DifferenceMoves difference={whole} numbers={data.numbers} measure={measure} />
          </Section>
          <p className={funnelStyle.hint}>{text('difference.about')}</p>
        </>
      )}
    </ReportPage>
  )
}

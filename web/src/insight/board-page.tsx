import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { BoardAnswerView } from './board-answer.tsx'
import { BoardBuilder } from './board-builder.tsx'
import style from './funnel.module.css'
import { SuggestedConversions } from './suggested.tsx'
import { useBoard } from './use-board.ts'

/** What each channel does: whom it reaches, who answers, and what comes of it. */
export function BoardPage() {
  const text = useText()
  const { board, askable, reply, edit } = useBoard()
  return (
    <ReportPage
      question={{ page: 'channels', report: askable ? { kind: 'channels', ...board } : null, search: { ask: board } }}
      people={{ rule: board.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: board.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.channels'), reply.data)] : []}
      title={text('page.channels')}
      note={text('board.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={board.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <BoardBuilder board={board} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <>
              <Empty title={text('attribution.empty')}>{text('board.emptyNote')}</Empty>
              <SuggestedConversions onChoose={(goal) => edit({ goal })} />
            </>
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={6} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('board.nobody')}>{text('board.nobodyNote')}</Empty>
          ) : (
            <BoardAnswerView board={board} reply={reply.data} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

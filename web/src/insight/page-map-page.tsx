import { useText } from '../i18n/use-text.ts'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import style from './funnel.module.css'
import { PageMapAnswerView } from './page-map-answer.tsx'
import { PageMapBuilder } from './page-map-builder.tsx'
import { SuggestedPages } from './page-map-suggested.tsx'
import { usePageMap } from './use-page-map.ts'

/** Where a page is clicked, how far it is read, and what of it is looked at. */
export function PageMapPage() {
  const text = useText()
  const { map, askable, reply, edit, width, layer, look } = usePageMap()
  return (
    <ReportPage
      question={{ page: 'page-map', report: askable ? { kind: 'page_map', ...map } : null, search: { ask: map } }}
      people={{ rule: map.people ?? null, set: (people) => edit({ people }) }}
      filter={{ rule: map.filter, set: (filter) => edit({ filter }) }}
      answers={askable && reply.data !== undefined && !reply.isPlaceholderData ? [answerOf(text('page.pageMap'), reply.data)] : []}
      title={text('page.pageMap')}
      note={text('pageMap.note')}
      actions={
        <>
          {reply.data !== undefined && askable && (
            <span className={style.quiet}>
              <Age time={reply.data.taken} />
            </span>
          )}
          <RangePicker range={map.range} onChange={(range) => edit({ range })} />
        </>
      }
    >
      <div className={style.page}>
        <PageMapBuilder map={map} edit={edit} />
        <div className={style.answer}>
          {!askable ? (
            <SuggestedPages onChoose={(path) => edit({ page: { is: [path] } })} />
          ) : reply.error !== null ? (
            <Failed error={reply.error} onRetry={() => void reply.refetch()} />
          ) : reply.data === undefined ? (
            <Loading rows={8} />
          ) : reply.data.n === 0 ? (
            <Empty title={text('pageMap.nobody')}>{text('pageMap.nobodyNote')}</Empty>
          ) : (
            <PageMapAnswerView map={map} numbers={reply.data.numbers} shown={width} layer={layer} look={look} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { answerOf } from '../report/export-menu.tsx'
import { ReportPage } from '../report/report-page.tsx'
import { Page } from '../ui/page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { PathsAnswerView } from './paths-answer.tsx'
import { PathsChoices } from './paths-choices.tsx'
import style from './paths.module.css'
import { usePaths } from './use-paths.ts'

/** What people really do: after an event, before it, around it, or between two. */
export function PathsPage() {
  const text = useText()
  const paths = usePaths()
  const { ask, lack, change, transitions } = paths
  if (ask === null) {
    return (
      <Page wide title={text('page.paths')} note={text('paths.note')}>
        <Loading rows={8} />
      </Page>
    )
  }
  const { listedBefore, listedAfter } = paths
  const sides = [
    ...(listedAfter === undefined ? [] : [answerOf(text(listedBefore === undefined ? 'paths.paths' : 'paths.modes.after'), listedAfter)]),
    ...(listedBefore === undefined ? [] : [answerOf(text(listedAfter === undefined ? 'paths.paths' : 'paths.modes.before'), listedBefore)]),
  ]
  return (
    <ReportPage
      question={{
        page: 'paths',
        // While the answer is still that of the question before, so is its report.
        report: lack === null && !paths.isStale ? ((listedAfter ?? listedBefore)?.report ?? null) : null,
        search: { ask, ...(paths.isOfElements ? { table: 'elements' } : {}) },
      }}
      answers={lack !== null || paths.isStale || transitions === undefined ? [] : [...sides, answerOf(text('paths.transitions'), transitions)]}
      people={{ rule: ask.people ?? null, set: (people) => change({ people: people ?? undefined }) }}
      filter={{ rule: ask.filter, set: (filter) => change({ filter: filter ?? undefined }) }}
      wide
      title={text('page.paths')}
      note={text('paths.note')}
      actions={
        <>
          {transitions !== undefined && lack === null && (
            <span className={style.quiet}>
              <Age time={transitions.taken} />
            </span>
          )}
          <RangePicker range={ask.range} onChange={(range) => change({ range })} />
        </>
      }
    >
      <PathsChoices ask={ask} change={change} hasStages={paths.hasStages} hasTouchpoints={paths.hasTouchpoints} />
      {lack === 'vocabulary' ? (
        <Loading rows={8} />
      ) : lack !== null ? (
        <Empty title={text(`paths.lack.${lack}`)}>{text(`paths.lackNote.${lack}`)}</Empty>
      ) : paths.error !== null ? (
        <Failed error={paths.error} onRetry={paths.retry} />
      ) : paths.isLoading || transitions === undefined ? (
        <Loading rows={8} />
      ) : (
        <PathsAnswerView
          ask={ask}
          isStale={paths.isStale}
          drawn={{ before: paths.before, after: paths.after }}
          listed={{ before: paths.listedBefore, after: paths.listedAfter }}
          transitions={transitions}
          table={paths.isOfElements ? 'elements' : 'transitions'}
          showTable={paths.showTable}
          change={change}
        />
      )}
    </ReportPage>
  )
}

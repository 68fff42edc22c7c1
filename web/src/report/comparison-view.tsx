import { useQuery } from '@tanstack/react-query'
import { comparable, type Against, type Comparable, type Comparison, comparisonQuery } from '../api/compare.ts'
import type { Report } from '../api/model.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { peopleWords } from '../ui/people-words.ts'
import { useRangeWords } from '../ui/range-picker.tsx'
import { isOfPeople } from './against.ts'
import { cautionsOf } from './comparison.ts'
import { ComparisonDrawing } from './comparison-drawing.tsx'
import { ComparisonTables } from './comparison-table.tsx'
import style from './comparison.module.css'
import { useAgainstWords } from './use-against.ts'
import { useAsOf } from './use-as-of.ts'

/** The comparison of a page's question as it is asked now. */
export function useComparison(report: Report | null, against: Against | null) {
  const { id: ws } = useWorkspace()
  const asked = report === null ? null : comparable(report)
  const { asOf } = useAsOf()
  const isAsked = asked !== null && against !== null
  return useQuery({ ...comparisonQuery(ws, asked ?? nothing, against ?? 'before', asOf), enabled: isAsked })
}

/** Stands where nothing is asked; it is never sent. */
const nothing: Report = { kind: 'counts', range: { last: '1d', zone: 'UTC' } }

/** A comparison on a card: the drawing of both where there is one, and every figure in pairs. */
export function CardComparison({ report, comparison }: { readonly report: Comparable; readonly comparison: Comparison }) {
  const text = useText()
  const sides = useSides(report, comparison.against)
  return (
    <div className={style.view}>
      <p className={style.hint}>{text('tileCompare.with', { side: sides.b })}</p>
      <ComparisonDrawing comparison={comparison} sides={sides} />
      <ComparisonTables comparison={comparison} sides={sides} />
    </div>
  )
}

type ViewProps = { readonly report: Comparable; readonly against: Against; readonly reply: ReturnType<typeof useComparison> }

/** Both answers of one question side by side. */
export function ComparisonView({ report, against, reply }: ViewProps) {
  const text = useText()
  const isStale = reply.isPlaceholderData
  return (
    <div className={style.view} data-stale={isStale || undefined}>
      <Section title={text('compare.title')} note={text('compare.note')}>
        {reply.error !== null ? (
          <Failed small error={reply.error} onRetry={() => void reply.refetch()} />
        ) : reply.data === undefined ? (
          <Loading rows={5} />
        ) : (
          <Shown report={report} against={against} comparison={reply.data} />
        )}
      </Section>
    </div>
  )
}

function Shown({ report, against, comparison }: { readonly report: Comparable; readonly against: Against; readonly comparison: Comparison }) {
  const text = useText()
  const sides = useSides(report, against)
  return (
    <>
      <Legend comparison={comparison} sides={sides} />
      <Cautions comparison={comparison} />
      <ComparisonDrawing comparison={comparison} sides={sides} />
      <ComparisonTables comparison={comparison} sides={sides} />
      {comparison.figures.length === 0 && <p className={style.hint}>{text('compare.noFigures')}</p>}
      <p className={style.hint}>{text('compare.method')}</p>
    </>
  )
}

/** What the sides are called in heads: by people where they differ in people, by days where in days. */
export function useSides(report: Comparable, against: Against) {
  const text = useText()
  const format = useFormat()
  const names = usePeopleSource()
  const days = useRangeWords(report.range)
  const other = useAgainstWords(against) ?? ''
  const people = report.people == null ? text('compare.kind.everybody') : text('compare.peopleWho', { words: peopleWords(report.people, { text, format, names }) })
  return { a: isOfPeople(against) ? people : days, b: other }
}

function Legend({ comparison, sides }: { readonly comparison: Comparison; readonly sides: { readonly a: string; readonly b: string } }) {
  const text = useText()
  const format = useFormat()
  const { a, b } = comparison
  const range = ({ from, to }: { readonly from: string; readonly to: string }) =>
    Date.parse(from) <= 0 ? text('range.all') : text('compare.range', { from: format.moment(from), to: format.moment(to) })
  return (
    <dl className={style.legend}>
      {([['a', sides.a, a], ['b', sides.b, b]] as const).map(([side, name, answer]) => (
        <div key={side} data-side={side}>
          <dt>{name}</dt>
          <dd>
            <strong>{text('compare.n', { n: format.count(answer.n) })}</strong>
            <span>{range(answer.range)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Cautions({ comparison }: { readonly comparison: Comparison }) {
  const text = useText()
  const format = useFormat()
  const cautions = cautionsOf(comparison)
  if (cautions.length === 0) return null
  return (
    <ul className={style.cautions}>
      {cautions.map(({ kind, count }) => (
        <li key={kind} data-caution={kind}>
          {text(`compare.caution.${kind}`, { count, shown: kind === 'time' ? format.span(count) : format.count(count) })}
        </li>
      ))}
    </ul>
  )
}

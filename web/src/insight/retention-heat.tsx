import type { ReactNode } from 'react'
import type { Label } from '../api/funnel.ts'
import type { Cohort, NumbersOf, RetentionLine, ReturnQuestion } from '../api/retention.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useUnits } from '../report/use-units.ts'
import { Count } from '../ui/count.tsx'
import { cellLook, columnName } from './retention.ts'
import style from './retention.module.css'

export type RetentionQuestion = Extract<ReturnQuestion, { readonly kind: 'retention' }>
export type RetentionNumbers = NumbersOf<'retention'>

/** The columns of a triangle. */
export function HeatHead({ question, numbers, unit, first }: { readonly question: RetentionQuestion; readonly numbers: RetentionNumbers; readonly unit: string; readonly first: string }) {
  const text = useText()
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" data-number>
          {useUnits(question).heading}
        </th>
        {numbers.columns.map((column) => (
          <th key={column.from} scope="col" data-number aria-label={text('retention.column', { unit, periods: columnName(column) })}>
            {columnName(column)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

type RowProps = {
  readonly name: string
  /** The name with what opens more rows, where there are any. */
  readonly head?: ReactNode
  readonly question: RetentionQuestion
  readonly titles: (index: number) => string
  readonly cohort?: Cohort
  readonly line?: RetentionLine
  /** The value whose cohort it is. */
  readonly label?: Label | null | undefined
  readonly look?: 'total' | 'under'
}

/** A cohort, or a line over all of them; every number opens its people. */
export function HeatRow({ name, head, question, titles, cohort, line, label = line?.label, look: place }: RowProps) {
  const text = useText()
  const format = useFormat()
  const of = { report: question }
  const where = { kind: 'retention', ...(cohort === undefined ? {} : { cohort: cohort.from }), ...(label === null || label === undefined ? {} : { label }) }
  const size = cohort?.profiles ?? line?.profiles ?? 0
  const cells = cohort?.cells ?? line?.cells ?? []
  return (
    <tr data-look={place}>
      <th scope="row">
        {head ?? name}
        {cohort?.is_partial === true && <span className={style.quiet}> {text('retention.partial')}</span>}
      </th>
      <td data-number>
        <Count value={size} people={{ of, select: { ...where, part: 'started' }, title: text('retention.startedIn', { name }) }} />
      </td>
      {cells.map((cell, column) => {
        const look = cellLook(cell)
        if (look.share === null) return <td key={column} data-number />
        const part = look.basis === 'over' ? 'back' : 'open_back'
        const between = cell.interval === null || cell.interval === undefined || look.basis === 'open' ? '' : text('number.between', { low: format.share(cell.interval.low), high: format.share(cell.interval.high) })
        const tip = [text('retention.of', { part: format.count(look.part), whole: format.count(look.whole) }), between, look.isOpen ? text('retention.openTip', { count: cell.open, shown: format.count(cell.open) }) : '']
        return (
          <td
            key={column}
            data-number
            data-open={(cohort === undefined ? look.basis === 'open' : look.isOpen) || undefined}
            data-small={look.isSmall || undefined}
            data-heat={look.heat ?? undefined}
            data-tip={tip.filter((it) => it !== '').join(' · ')}
          >
            <Count
              value={look.part}
              shown={format.share(look.share)}
              people={{ of, select: { ...where, column, part }, title: text('retention.backIn', { name, column: titles(column) }) }}
            />
          </td>
        )
      })}
    </tr>
  )
}

import { useState } from 'react'
import type { Comparison, Figure, FigureSide } from '../api/compare.ts'
import type { Report } from '../api/model.ts'
import { useFormat, type Format } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Count } from '../ui/count.tsx'
import { Icon } from '../ui/icon.tsx'
import { type FigureGroup, groupFigures, isOpenAtFirst, placeOn, reachOf, verdictOf } from './comparison.ts'
import { useFigureWords } from './comparison-names.ts'
import style from './comparison.module.css'

type Sides = { readonly a: string; readonly b: string }
type TablesProps = { readonly comparison: Comparison; readonly sides: Sides }

/** Every figure of both sides, with the difference, its interval, and the people on either side. */
export function ComparisonTables({ comparison, sides }: TablesProps) {
  return groupFigures(comparison.figures).map((group) => <Group key={group.of} group={group} comparison={comparison} sides={sides} />)
}

/** So many rows are shown at once. */
const ROWS_AT_FIRST = 10

function Group({ group, comparison, sides }: TablesProps & { readonly group: FigureGroup }) {
  const text = useText()
  const format = useFormat()
  const [isOpen, setOpen] = useState(() => isOpenAtFirst(group))
  const [isWhole, setWhole] = useState(false)
  const { of, figures } = group
  const name = text(`compare.figure.${of}`)
  const shown = isWhole ? figures : figures.slice(0, ROWS_AT_FIRST)
  const reach = reachOf(shown)
  return (
    <section className={style.group} aria-label={name}>
      <h3>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'down' : 'right'} size={13} />
          {name}
          <span>{format.count(figures.length)}</span>
        </button>
      </h3>
      {isOpen && (
        <>
          <p className={style.about}>{text(`compare.aboutFigure.${of}`)}</p>
          <div className={style.scroll} tabIndex={0} role="region" aria-label={text('compare.tableOf', { name })} data-picture={name}>
            <table className={style.table}>
              <thead>
                <tr>
                  <th scope="col">{text('compare.what')}</th>
                  <th scope="col" data-number data-side="a">
                    {sides.a}
                  </th>
                  <th scope="col" data-number data-side="b">
                    {sides.b}
                  </th>
                  <th scope="col" data-number>
                    {text('compare.difference')}
                  </th>
                  <th scope="col">{text('compare.interval')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((figure, index) => (
                  <Row key={index} figure={figure} comparison={comparison} sides={sides} reach={reach} />
                ))}
              </tbody>
            </table>
          </div>
          {figures.length > shown.length && (
            <Button size="s" look="quiet" onClick={() => setWhole(true)}>
              {text('compare.showAll', { count: figures.length, shown: format.count(figures.length) })}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

type RowProps = TablesProps & { readonly figure: Figure; readonly reach: number }

function Row({ figure, comparison, sides, reach }: RowProps) {
  const text = useText()
  const format = useFormat()
  const words = useFigureWords(comparison.a.report)
  const name = words(figure)
  const verdict = verdictOf(figure)
  const { difference, interval } = figure
  const end = (value: number) => (isOfShares(figure) ? format.points(value) : differenceWords(value, figure, text, format))
  const ends = interval == null ? null : ([end(interval.low), end(interval.high)] as const)
  return (
    <tr data-verdict={verdict}>
      <th scope="row">{name}</th>
      <Side side={figure.a} figure={figure} report={comparison.a.report} asked={comparison.a.asked} title={text('compare.peopleOf', { side: sides.a, figure: name })} />
      <Side side={figure.b} figure={figure} report={comparison.b.report} asked={comparison.b.asked} title={text('compare.peopleOf', { side: sides.b, figure: name })} />
      <td data-number className={style.difference}>
        {difference == null ? '–' : differenceWords(difference, figure, text, format)}
      </td>
      <td>
        <div className={style.interval}>
          <IntervalBar figure={figure} reach={reach} />
          <span>
            {ends !== null && text('number.between', { low: ends[0], high: ends[1] })}{' '}
            <em data-verdict={verdict}>{text(`compare.verdict.${ends === null && verdict === 'unsure' ? 'untested' : verdict}`)}</em>
          </span>
        </div>
      </td>
    </tr>
  )
}

type SideProps = { readonly side: FigureSide; readonly figure: Figure; readonly report: Report; readonly asked: string; readonly title: string }

function Side({ side, figure, report, asked, title }: SideProps) {
  const text = useText()
  const format = useFormat()
  const shown = side.value == null ? '–' : valueWords(side.value, figure, format)
  const hasPeople = side.select != null && side.value != null
  return (
    <td data-number data-small={side.n < 30 || undefined}>
      {hasPeople ? <Count value={0} shown={shown} people={{ of: { report }, select: side.select, title, asked }} /> : shown}
      <span className={style.n}>{text('compare.n', { n: format.count(side.n) })}</span>
    </td>
  )
}

/** The difference with its interval on a line with 0 in the middle. */
function IntervalBar({ figure, reach }: { readonly figure: Figure; readonly reach: number }) {
  const { difference, interval } = figure
  if (difference == null) return <span className={style.line} aria-hidden="true" />
  const at = placeOn(difference, reach)
  const [low, high] = interval == null ? [at, at] : [placeOn(interval.low, reach), placeOn(interval.high, reach)]
  return (
    <svg className={style.line} viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
      <line className={style.zero} x1="50" x2="50" y1="0" y2="14" />
      <line className={style.whisker} x1={low * 100} x2={high * 100} y1="7" y2="7" />
      <line className={style.point} x1={at * 100} x2={at * 100} y1="3" y2="11" />
    </svg>
  )
}

function valueWords(value: number, { unit }: Figure, format: Format): string {
  if (unit === 'share') return format.share(value)
  if (unit === 'points') return format.points(value)
  if (unit !== 'milliseconds') return format.amount(value)
  return value < 0 ? `−${format.span(-value)}` : format.span(value)
}

/** Differences of shares and of effects on shares are told in points. */
function isOfShares({ unit }: Figure): boolean {
  return unit === 'share' || unit === 'points'
}

function differenceWords(value: number, figure: Figure, text: Text, format: Format): string {
  const { unit } = figure
  if (isOfShares(figure)) return text('compare.points', { points: format.points(value) })
  const size = unit === 'milliseconds' ? format.span(Math.abs(value)) : format.amount(Math.abs(value))
  return value === 0 ? size : `${value > 0 ? '+' : '−'}${size}`
}

import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { HeatAxis, HeatCell, Heatmap, HeatPlace, HeatReply, HeatSelect } from '../api/heatmap.ts'
import { useLabelName } from '../api/use-label-name.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { weekdayName } from '../lib/locale-names.ts'
import { useOpenPeople } from '../ui/people.ts'
import { columnsOf, heatOf, HEAT_STEPS, type HeatMeasure, inOrder, isSmall, largestOf, moveFocus, partOf, rowsOf, shownPlaces, valueOf } from './heatmap.ts'
import style from './heatmap.module.css'

type GridProps = { readonly heatmap: Heatmap; readonly reply: HeatReply; readonly measure: HeatMeasure }

/** A table of cells in the colors of their numbers; keys move from cell to cell, and any opens its people. */
export function HeatmapGrid({ heatmap, reply, measure }: GridProps) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const placeName = usePlaceName()
  const table = useRef<HTMLTableElement>(null)
  const [focus, setFocus] = useState<readonly [number, number]>([0, 0])
  const { numbers } = reply
  const [rowAxis, columnAxis] = [rowsOf(heatmap), columnsOf(heatmap)]
  const stages = useStageOrder()
  const rows = inOrder(rowAxis, shownPlaces(rowAxis, numbers.rows), (index) => numbers.rows[index]?.place, stages).flatMap((index) => numbers.rows.slice(index, index + 1))
  const columns = inOrder(columnAxis, shownPlaces(columnAxis, numbers.columns), (index) => numbers.columns[index]?.place, stages)
  const largest = largestOf(rows, measure)
  const nameOfRow = (place: HeatPlace) => placeName(rowAxis, place)
  const nameOfColumn = (index: number) => {
    const place = numbers.columns[index]?.place
    return place === undefined ? '' : placeName(columnAxis, place)
  }
  const at: readonly [number, number] = [Math.min(focus[0], rows.length), Math.min(focus[1], columns.length)]
  const move = (event: KeyboardEvent) => {
    const next = moveFocus(event.key, at, rows.length + 1, columns.length + 1)
    if (next === null) return
    event.preventDefault()
    setFocus(next)
    table.current?.querySelector<HTMLElement>(`[data-at="${next[0]} ${next[1]}"]`)?.focus()
  }
  const draw = (cell: HeatCell, place: readonly [number, number], row: HeatPlace | null, column: HeatPlace | null, isTotal = false) => {
    const value = valueOf(cell, measure)
    const name = text('heatmap.cell', {
      row: row === null ? text('heatmap.allRows') : nameOfRow(row),
      column: column === null ? text('heatmap.allColumns') : placeName(columnAxis, column),
    })
    const select: HeatSelect & { readonly kind: 'heatmap' } = { kind: 'heatmap', ...(row === null ? {} : { row }), ...(column === null ? {} : { column }), part: partOf(measure) }
    const shown = shownValue(value, measure, format)
    const lines = [
      name,
      text('heatmap.tip', { events: format.count(cell.events), profiles: format.count(cell.profiles) }),
      ...(cell.observed_ms == null ? [] : [text('heatmap.observed', { span: format.count(Math.round(cell.observed_ms / 3_600_000)) })]),
      ...(heatmap.goal == null ? [] : [text('heatmap.convertedOf', { part: format.count(cell.converted), whole: format.count(cell.mature) })]),
      ...(cell.immature > 0 && heatmap.goal != null ? [text('heatmap.immature', { count: cell.immature, shown: format.count(cell.immature) })] : []),
    ]
    return (
      <td key={place[1]} role="gridcell" data-total={isTotal || undefined}>
        <button
          type="button"
          data-at={`${place[0]} ${place[1]}`}
          tabIndex={place[0] === at[0] && place[1] === at[1] ? 0 : -1}
          data-heat={isTotal ? undefined : heatOf(value, largest)}
          data-small={isSmall(cell, measure) || undefined}
          data-tip={lines.join(' · ')}
          aria-label={`${shown}, ${lines.join(', ')}`}
          onFocus={() => setFocus(place)}
          onClick={() => open?.({ of: { report: { kind: 'heatmap', ...heatmap } }, select, title: name, asked: reply.asked })}
        >
          {shown}
        </button>
      </td>
    )
  }
  return (
    <>
      <div className={style.scroll} data-picture={text('page.heatmap')}>
        <table ref={table} role="grid" className={style.grid} aria-label={text(`heatmap.measure.${measure}`)} onKeyDown={move}>
          <thead>
            <tr>
              <td />
              {columns.map((index) => (
                <th key={index} scope="col">
                  {nameOfColumn(index)}
                </th>
              ))}
              <th scope="col">{text('heatmap.allColumns')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, rowAt) => (
              <tr key={rowAt}>
                <th scope="row">{nameOfRow(row.place)}</th>
                {columns.map((index, columnAt) => {
                  const cell = row.cells[index]
                  const place = numbers.columns[index]?.place
                  return cell === undefined || place === undefined ? <td key={columnAt} /> : draw(cell, [rowAt, columnAt], row.place, place)
                })}
                {draw(row.total, [rowAt, columns.length], row.place, null, true)}
              </tr>
            ))}
            <tr>
              <th scope="row">{text('heatmap.allRows')}</th>
              {columns.map((index, columnAt) => {
                const column = numbers.columns[index]
                return column === undefined ? <td key={columnAt} /> : draw(column.total, [rows.length, columnAt], null, column.place, true)
              })}
              {draw(numbers.total, [rows.length, columns.length], null, null, true)}
            </tr>
          </tbody>
        </table>
      </div>
      <Legend largest={shownValue(largest, measure, format)} />
    </>
  )
}

function Legend({ largest }: { readonly largest: string }) {
  const text = useText()
  return (
    <p className={style.legend}>
      <span>0</span>
      {Array.from({ length: HEAT_STEPS + 1 }, (_, step) => (
        <span key={step} className={style.swatch} data-heat={step} aria-hidden="true" />
      ))}
      <span>{largest}</span>
      <span className={style.keys}>{text('heatmap.keys')}</span>
    </p>
  )
}

export function shownValue(value: number | null, measure: HeatMeasure, format: Format): string {
  if (value === null) return '–'
  if (measure === 'converted') return format.share(value)
  if (measure === 'per_hour') return value >= 10 ? format.count(Math.round(value)) : format.amount(Number(value.toPrecision(2)))
  return format.compact(value)
}

/** Stages as the vocabulary has them, one after the other. */
function useStageOrder(): readonly string[] {
  const { id: ws } = useWorkspace()
  const { data } = useQuery(vocabularyQuery(ws))
  return (data?.vocabulary.stages ?? []).map((it) => it.id)
}

/** What a place of an axis is called. */
export function usePlaceName(): (axis: HeatAxis, place: HeatPlace) => string {
  const locale = useLocale()
  const label = useLabelName()
  return (axis, place) => {
    if ('hour' in place) return String(place.hour).padStart(2, '0')
    if ('weekday' in place) return weekdayName(place.weekday, locale, 'short')
    if ('step' in place) return place.step
    if ('people' in place) return place.people
    return label(typeof axis === 'object' && 'field' in axis ? axis.field : null, place.label)
  }
}

import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { SqlColumn, SqlResult, SqlValue } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { widthOf } from './result.ts'
import style from './sql.module.css'

type Row = { readonly index: number; readonly values: readonly SqlValue[] }

/** The rows of a result, each column as its type reads best. */
export function SqlTable({ result }: { readonly result: SqlResult }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const rows = useMemo(() => result.rows.map((values, index): Row => ({ index, values })), [result.rows])
  const columns = useMemo(() => result.columns.map((column, index) => columnOf(column, index, result, { text, format, ws })), [result, text, format, ws])
  return <DataTable label={text('sql.result')} columns={columns} rows={rows} rowKey={(row) => String(row.index)} height={`min(56dvh, ${rows.length * 38 + 60}px)`} />
}

/** What SQL writes for no value. */
const NULL = 'null'

type Around = { readonly text: Text; readonly format: Format; readonly ws: string }

function columnOf(column: SqlColumn, index: number, result: SqlResult, around: Around): Column<Row> {
  const isNumber = column.kind === 'number'
  return {
    key: String(index),
    title: column.kind === 'time' ? `${column.name} (${around.format.zone})` : column.name,
    width: widthOf(column, result.rows.map((row) => row[index] ?? null)),
    align: isNumber ? 'end' : 'start',
    cell: (row) => <Cell value={row.values[index] ?? null} column={column} around={around} />,
    sort: ({ values }) => {
      const value = values[index] ?? null
      if (!isNumber) return String(value ?? '')
      return value === null ? Number.NEGATIVE_INFINITY : Number(value)
    },
  }
}

function Cell({ value, column, around }: { readonly value: SqlValue; readonly column: SqlColumn; readonly around: Around }) {
  if (value === null) return <span className={style.null}>{NULL}</span>
  if (column.kind === 'number' && column.name === 'profile') {
    return (
      <Link className={style.link} to="/w/$ws/profiles/$profile" params={{ ws: around.ws, profile: String(value) }} aria-label={around.text('sql.openProfile', { id: String(value) })}>
        {String(value)}
      </Link>
    )
  }
  if (column.kind === 'time') {
    return <span title={String(value)}>{`${around.format.dayOf(String(value))} ${around.format.clock(String(value))}`}</span>
  }
  const shown = String(value)
  return (
    <span className={column.kind === 'other' || shown.startsWith('{') ? style.code : undefined} title={shown.length > 40 ? shown : undefined}>
      {shown}
    </span>
  )
}

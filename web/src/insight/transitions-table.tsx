import { useMemo, useState } from 'react'
import type { TransitionsReply, Visits } from '../api/paths.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { hasWords } from '../lib/fold.ts'
import { Count } from '../ui/count.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Segments } from '../ui/segments.tsx'
import { type TransitionRow, transitionRows } from './paths.ts'
import style from './paths.module.css'

type TransitionsProps = {
  readonly reply: TransitionsReply
  readonly nameOf: (id: string) => string
  readonly table: 'transitions' | 'elements'
  readonly showTable: (table: 'transitions' | 'elements') => void
}

/** What follows what over the whole range, whatever the paths above are aligned at. */
export function TransitionsSection({ reply, nameOf, table, showTable }: TransitionsProps) {
  const text = useText()
  const format = useFormat()
  const [search, setSearch] = useState('')
  const { elements, transitions, sequences } = reply.numbers
  const rows = useMemo(() => transitionRows(reply.numbers), [reply.numbers])
  const found = rows.filter((it) => hasWords(`${nameOf(it.from)} ${nameOf(it.to)}`, search))
  const foundElements = [...elements].sort((a, b) => b.visits.times - a.visits.times).filter((it) => hasWords(nameOf(it.element.id), search))
  const count = table === 'transitions' ? found.length : foundElements.length
  return (
    <Section
      title={text('paths.transitions')}
      note={text('paths.transitionsNote', { transitions: format.count(transitions.length), sequences: format.count(sequences), profiles: format.count(reply.n) })}
      aside={
        <div className={style.aside}>
          <Segments
            label={text('paths.table')}
            value={table}
            segments={(['transitions', 'elements'] as const).map((value) => ({ value, label: text(`paths.tables.${value}`) }))}
            onChange={showTable}
          />
          <SearchField label={text('look.search')} value={search} onSearch={setSearch} />
        </div>
      }
    >
      {count === 0 ? (
        <Empty small title={text('look.noneFound')} />
      ) : table === 'transitions' ? (
        <Transitions rows={found} reply={reply} nameOf={nameOf} />
      ) : (
        <Elements rows={foundElements} reply={reply} nameOf={nameOf} />
      )}
    </Section>
  )
}

type TableProps<Row> = { readonly rows: readonly Row[]; readonly reply: TransitionsReply; readonly nameOf: (id: string) => string }

const heightOf = (rows: number) => `${Math.min(520, 34 + rows * 38)}px`

function Transitions({ rows, reply, nameOf }: TableProps<TransitionRow>) {
  const text = useText()
  const format = useFormat()
  const of = { report: reply.report }
  const columns: readonly Column<TransitionRow>[] = [
    { key: 'from', title: text('paths.from'), width: 'minmax(120px, 1.4fr)', cell: (row) => nameOf(row.from), sort: (row) => nameOf(row.from) },
    {
      key: 'to',
      title: text('paths.to'),
      width: 'minmax(120px, 1.4fr)',
      cell: (row) => (row.from === row.to ? <span className={style.loop}>{text('paths.looks.loop')}</span> : nameOf(row.to)),
      sort: (row) => nameOf(row.to),
    },
    { key: 'times', title: text('paths.times'), width: '84px', align: 'end', cell: (row) => format.count(row.times), sort: (row) => row.times },
    { key: 'share', title: text('paths.shareOfFrom'), width: '104px', align: 'end', cell: (row) => format.share(row.share), sort: (row) => row.share },
    {
      key: 'profiles',
      title: text('paths.profiles'),
      width: '84px',
      align: 'end',
      cell: (row) => (
        <Count
          value={row.profiles}
          people={{ of, select: { kind: 'transitions', of: { transition: { from: row.from, to: row.to } } }, title: text('paths.link', { from: nameOf(row.from), to: nameOf(row.to) }) }}
        />
      ),
      sort: (row) => row.profiles,
    },
    { key: 'median', title: text('paths.median'), width: '92px', align: 'end', cell: (row) => format.span(row.medianMs), sort: (row) => row.medianMs },
    { key: 'p90', title: text('paths.p90'), width: '92px', align: 'end', cell: (row) => format.span(row.p90Ms), sort: (row) => row.p90Ms },
  ]
  return (
    <div className={style.table}>
      <DataTable label={text('paths.tables.transitions')} columns={columns} rows={rows} rowKey={(row) => row.key} height={heightOf(rows.length)} />
    </div>
  )
}

function Elements({ rows, reply, nameOf }: TableProps<Visits>) {
  const text = useText()
  const format = useFormat()
  const of = { report: reply.report }
  const people = (row: Visits, part: 'visit' | 'start' | 'end') => ({ of, select: { kind: 'transitions', of: { [part]: row.element.id } }, title: text(`paths.parts.${part}`, { name: nameOf(row.element.id) }) })
  const share = (row: Visits) => row.ends.times / Math.max(1, row.visits.times)
  const columns: readonly Column<Visits>[] = [
    { key: 'name', title: text('paths.element'), width: 'minmax(140px, 2fr)', cell: (row) => nameOf(row.element.id), sort: (row) => nameOf(row.element.id) },
    { key: 'visits', title: text('paths.times'), width: '84px', align: 'end', cell: (row) => format.count(row.visits.times), sort: (row) => row.visits.times },
    {
      key: 'profiles',
      title: text('paths.profiles'),
      width: '84px',
      align: 'end',
      cell: (row) => <Count value={row.visits.profiles} people={people(row, 'visit')} />,
      sort: (row) => row.visits.profiles,
    },
    {
      key: 'starts',
      title: text('paths.startHere'),
      width: '104px',
      align: 'end',
      cell: (row) => <Count value={row.starts.profiles} people={people(row, 'start')} />,
      sort: (row) => row.starts.profiles,
    },
    { key: 'ends', title: text('paths.endProfiles'), width: '104px', align: 'end', cell: (row) => <Count value={row.ends.profiles} people={people(row, 'end')} />, sort: (row) => row.ends.profiles },
    { key: 'share', title: text('paths.endShare'), width: '112px', align: 'end', cell: (row) => format.share(share(row)), sort: share },
  ]
  return (
    <div className={style.table}>
      <DataTable label={text('paths.tables.elements')} columns={columns} rows={rows} rowKey={(row) => row.element.id} height={heightOf(rows.length)} />
    </div>
  )
}

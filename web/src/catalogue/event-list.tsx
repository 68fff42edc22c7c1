import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type CatalogueEvent, catalogueQuery } from '../api/catalogue.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Segments } from '../ui/segments.tsx'
import { EventMarks } from './event-marks.tsx'
import { type Shown, shownEvents } from './shown.ts'
import style from './catalogue.module.css'

/** Every event that was ever seen, and who uses it. */
export function EventList() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate({ from: '/w/$ws/catalogue' })
  const [shown, setShown] = useState<Shown>('all')
  const [search, setSearch] = useState('')
  const catalogue = useQuery(catalogueQuery(ws))
  if (catalogue.error !== null) return <Failed error={catalogue.error} onRetry={() => void catalogue.refetch()} />
  if (catalogue.data === undefined) return <Loading rows={9} />
  const { events } = catalogue.data
  if (events.length === 0) return <Empty title={text('catalogue.none')}>{text('catalogue.noneNote')}</Empty>
  const rows = shownEvents(events, shown, search)
  const columns: readonly Column<CatalogueEvent>[] = [
    {
      key: 'name',
      title: text('catalogue.event'),
      width: 'minmax(180px, 2fr)',
      cell: (it) => (
        <span className={style.name}>
          <span>{it.name}</span>
          <EventMarks event={it} />
        </span>
      ),
      sort: (it) => it.name,
    },
    { key: 'events', title: text('catalogue.events'), width: '76px', align: 'end', cell: (it) => format.count(it.events), sort: (it) => it.events },
    { key: 'profiles', title: text('catalogue.profiles'), width: '76px', align: 'end', cell: (it) => format.count(it.profiles), sort: (it) => it.profiles },
    { key: 'meaning', title: text('catalogue.meaning'), width: 'minmax(100px, 2fr)', cell: (it) => it.note.meaning || '–', sort: (it) => it.note.meaning ?? '' },
    { key: 'owner', title: text('catalogue.owner'), width: 'minmax(70px, 1fr)', cell: (it) => it.note.owner || '–', sort: (it) => it.note.owner ?? '' },
    { key: 'channel', title: text('catalogue.channel'), width: '100px', cell: (it) => <ChannelBadge channel={it.channel} /> },
    { key: 'uses', title: text('catalogue.uses'), width: '64px', align: 'end', cell: (it) => format.count(it.uses), sort: (it) => it.uses },
    { key: 'first', title: text('catalogue.first'), width: '148px', cell: (it) => format.moment(it.first), sort: (it) => it.first },
    { key: 'last', title: text('catalogue.last'), width: '148px', cell: (it) => format.moment(it.last), sort: (it) => it.last },
  ]
  return (
    <>
      <div className={style.bar}>
        <SearchField label={text('catalogue.search')} value={search} onSearch={setSearch} />
        <Segments
          label={text('catalogue.shown')}
          value={shown}
          segments={[
            { value: 'all', label: text('catalogue.show.all') },
            { value: 'unused', label: text('catalogue.show.unused') },
            { value: 'unsaid', label: text('catalogue.show.unsaid') },
            { value: 'hidden', label: text('catalogue.show.hidden') },
          ]}
          onChange={setShown}
        />
        <span className={style.quiet}>{text('catalogue.count', { count: rows.length })}</span>
      </div>
      <p className={style.hint}>{text(`catalogue.about.${shown}`)}</p>
      {rows.length === 0 ? (
        <Empty small title={text('look.nothing')} />
      ) : (
        <DataTable
          label={text('page.catalogue')}
          columns={columns}
          rows={rows}
          rowKey={(it) => it.name}
          height="min(66vh, 720px)"
          onOpen={(it) => void navigate({ search: { event: it.name } })}
        />
      )}
    </>
  )
}

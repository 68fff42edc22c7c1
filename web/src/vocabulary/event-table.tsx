import { useQuery } from '@tanstack/react-query'
import { type CatalogEvent, catalogQuery } from '../api/catalog.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'

/** Every event that was ever seen, and what it means now. */
export function EventTable() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const catalog = useQuery(catalogQuery(ws))
  if (catalog.error !== null) return <Failed small error={catalog.error} onRetry={() => void catalog.refetch()} />
  if (catalog.data === undefined) return <Loading />
  if (catalog.data.names.length === 0) return <Empty small title={text('look.nothing')} />
  const columns: readonly Column<CatalogEvent>[] = [
    { key: 'name', title: text('vocabulary.event'), width: 'minmax(160px, 2fr)', cell: (it) => it.name, sort: (it) => it.name },
    { key: 'events', title: text('vocabulary.events'), width: '100px', align: 'end', cell: (it) => format.count(it.events), sort: (it) => it.events },
    { key: 'profiles', title: text('vocabulary.profiles'), width: '100px', align: 'end', cell: (it) => format.count(it.profiles), sort: (it) => it.profiles },
    { key: 'channel', title: text('vocabulary.channel'), width: '130px', cell: (it) => <ChannelBadge channel={it.channel} /> },
    { key: 'touchpoint', title: text('vocabulary.touchpoint'), width: 'minmax(120px, 1fr)', cell: (it) => it.touchpoint ?? '–', sort: (it) => it.touchpoint ?? '' },
    { key: 'stage', title: text('vocabulary.stage'), width: 'minmax(100px, 1fr)', cell: (it) => it.stage ?? '–', sort: (it) => it.stage ?? '' },
    { key: 'last', title: text('vocabulary.lastSeen'), width: '150px', cell: (it) => format.moment(it.last), sort: (it) => it.last },
  ]
  return <DataTable label={text('vocabulary.events')} columns={columns} rows={catalog.data.names} rowKey={(it) => it.name} height="min(60vh, 640px)" />
}

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type AccountRow, accountsQuery } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'

/** Companies and other groups that group events name, the one with most members first. */
export function AccountListPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { q = '' } = useSearch({ from: '/w/$ws/accounts/' })
  const navigate = useNavigate({ from: '/w/$ws/accounts/' })
  const found = useQuery({ ...accountsQuery(ws, q), placeholderData: (before) => before })
  const columns: readonly Column<AccountRow>[] = [
    { key: 'label', title: text('account.name'), width: 'minmax(160px, 2fr)', cell: (it) => it.label, sort: (it) => it.label },
    { key: 'id', title: text('account.id'), width: 'minmax(120px, 1fr)', cell: (it) => it.id, sort: (it) => it.id },
    { key: 'members', title: text('account.members'), width: '100px', align: 'end', cell: (it) => format.count(it.members_count), sort: (it) => it.members_count },
    { key: 'first', title: text('profile.first'), width: '120px', align: 'end', cell: (it) => <Age time={it.first} />, sort: (it) => Date.parse(it.first) },
    { key: 'last', title: text('people.last'), width: '120px', align: 'end', cell: (it) => <Age time={it.last} />, sort: (it) => Date.parse(it.last) },
  ]
  return (
    <Page title={text('page.accounts')} note={text('account.note')}>
      <SearchField label={text('account.search')} value={q} onSearch={(next) => void navigate({ search: next === '' ? {} : { q: next }, replace: true })} />
      {found.error !== null ? (
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Loading rows={8} />
      ) : found.data.accounts.length === 0 ? (
        <Empty art="search" title={q === '' ? text('account.none') : text('account.notFound', { text: q })}>
          {q === '' ? text('account.noneNote') : text('account.notFoundNote')}
        </Empty>
      ) : (
        <DataTable
          label={text('page.accounts')}
          columns={columns}
          rows={found.data.accounts}
          total={found.data.total}
          rowKey={(it) => it.id}
          height="calc(100dvh - 250px)"
          onOpen={(it) => void navigate({ to: '/w/$ws/accounts/$account', params: { ws, account: it.id } })}
        />
      )}
    </Page>
  )
}

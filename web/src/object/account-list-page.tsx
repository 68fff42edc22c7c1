import { useNavigate } from '@tanstack/react-router'
import { type AccountFacts, accountOrders } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import style from './object.module.css'
import { useAccounts } from './use-accounts.ts'

/** Companies, teams, households: who belongs together, and what was told of it. */
export function AccountListPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const navigate = useNavigate()
  const { types, type, order, search, pages, failed, rows, first, edit } = useAccounts()
  return (
    <Page title={text('page.accounts')} note={text('account.note')}>
      {failed !== undefined ? (
        <Failed error={failed.error} onRetry={() => void failed.refetch()} />
      ) : types === undefined ? (
        <Loading rows={8} />
      ) : type === undefined ? (
        <Empty title={text('account.nothing')}>{text('account.nothingNote')}</Empty>
      ) : (
        <>
          <div className={style.tabs} role="group" aria-label={text('account.types')}>
            {types.map((it) => (
              <Button key={it.account_type} size="s" look="quiet" aria-pressed={it.account_type === type} onClick={() => edit((before) => ({ ...before, type: it.account_type }))}>
                {typeName(text, it.account_type)} <span className={style.count}>{format.compact(it.accounts)}</span>
              </Button>
            ))}
          </div>
          <div className={style.filters}>
            <SearchField label={text('account.search')} value={search.q ?? ''} onSearch={(q) => edit(({ q: _, ...before }) => (q === '' ? before : { ...before, q }))} />
            <SelectField
              size="s"
              label={text('account.order')}
              value={order}
              choices={accountOrders.map((it) => ({ value: it, label: text(`account.orders.${it}`) }))}
              onChange={(chosen) => {
                const next = accountOrders.find((it) => it === chosen)
                edit(({ order: _, ...before }) => (next === undefined || next === 'members' ? before : { ...before, order: next }))
              }}
            />
          </div>
          {rows === undefined || first === undefined ? (
            <Loading rows={8} />
          ) : rows.length === 0 ? (
            <Empty small art="search" title={text('account.noneFound')}>
              {text('account.noneFoundNote')}
            </Empty>
          ) : (
            <>
              <p className={style.found}>{text('object.listed', { shown: format.count(first.found), all: format.count(first.all) })}</p>
              <DataTable
                label={typeName(text, type)}
                columns={columnsOf(text, format)}
                rows={rows}
                total={first.found}
                rowKey={(row) => row.id}
                height="max(320px, calc(100dvh - 340px))"
                onEnd={pages.hasNextPage && !pages.isFetchingNextPage ? () => void pages.fetchNextPage() : undefined}
                onOpen={(row) => void navigate({ to: '/w/$ws/accounts/$type/$account', params: { ws, type: row.account_type, account: row.id } })}
              />
            </>
          )}
        </>
      )}
    </Page>
  )
}

/** The usual type has a name in every language; others are named by whoever sends them. */
export function typeName(text: Text, type: string): string {
  return type === 'account' ? text('page.accounts') : type
}

/** The server sorts, as a page holds a part of the list only. */
function columnsOf(text: Text, format: Format): readonly Column<AccountFacts>[] {
  return [
    { key: 'name', title: text('account.name'), width: 'minmax(130px, 1.6fr)', cell: (row) => <b className={style.id}>{row.name ?? row.id}</b> },
    { key: 'id', title: text('object.id'), width: 'minmax(90px, 1fr)', cell: (row) => row.id },
    { key: 'members', title: text('account.members'), width: '96px', align: 'end', cell: (row) => format.count(row.members_count) },
    { key: 'events', title: text('people.events'), width: '96px', align: 'end', cell: (row) => format.count(row.events_count) },
    { key: 'first', title: text('account.first'), width: '110px', align: 'end', cell: (row) => (row.first == null ? '–' : <Age time={row.first} />) },
    { key: 'last', title: text('account.last'), width: '110px', align: 'end', cell: (row) => (row.last == null ? '–' : <Age time={row.last} />) },
  ]
}

import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { peopleQuery, type ProfileRow } from '../api/people.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { ChannelDots } from '../ui/channel.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { ProfileName } from '../ui/profile-name.tsx'
import { SidePanel } from '../ui/side-panel.tsx'
import style from './people-panel.module.css'
import { PeopleExport } from './people-export.tsx'
import { PeopleSave } from './people-save.tsx'

type PeoplePanelProps = { readonly target: PeopleTarget; readonly onClose: () => void }

/** The profiles behind a number, all of them, in pages. */
export function PeoplePanel({ target, onClose }: PeoplePanelProps) {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const people = useInfiniteQuery(peopleQuery(ws, target.of, target.select, target.asked, target.asOf))
  const rows = useMemo(() => people.data?.pages.flatMap((page) => page.profiles) ?? [], [people.data])
  const total = people.data?.pages[0]?.total
  const accounts = people.data?.pages[0]?.accounts ?? null
  const counted = accounts === null ? '' : `${text('people.accounts', { count: accounts.total, shown: format.count(accounts.total) })} · `
  const then = target.asOf === undefined ? '' : ` · ${text('then.people', { count: target.asOf, shown: format.count(target.asOf) })}`
  const more = people.hasNextPage && !people.isFetchingNextPage
  return (
    <SidePanel
      title={target.title}
      note={total === undefined ? text('look.loading') : counted + text('people.total', { count: total, shown: format.count(total) }) + then}
      width={560}
      actions={
        <>
          <PeopleSave target={target} total={total ?? 0} />
          <PeopleExport target={target} total={total ?? 0} />
        </>
      }
      onClose={onClose}
    >
      {people.error !== null ? (
        <Failed small error={people.error} onRetry={() => void people.refetch()} />
      ) : total === undefined ? (
        <Loading rows={8} />
      ) : total === 0 ? (
        <Empty small title={text('people.none')} />
      ) : (
        <>
          {accounts !== null && (
            <ul className={style.accounts}>
              {accounts.ids.map((id) => (
                <li key={id}>
                  <Link to="/w/$ws/accounts/$type/$account" params={{ ws, type: accounts.account_type, account: id }}>
                    {id}
                  </Link>
                </li>
              ))}
            </ul>
          )}
          <DataTable
            label={target.title}
            columns={columnsOf(text, format)}
            rows={rows}
            rowKey={(row) => String(row.id)}
            total={total}
            onEnd={more ? () => void people.fetchNextPage() : undefined}
            onOpen={(row) => void navigate({ to: '/w/$ws/profiles/$profile', params: { ws, profile: String(row.id) } })}
          />
        </>
      )}
    </SidePanel>
  )
}

function columnsOf(text: Text, format: Format): readonly Column<ProfileRow>[] {
  return [
    { key: 'label', title: text('people.profile'), width: 'minmax(0, 2fr)', cell: (row) => <ProfileName label={row.label} known={row.known} /> },
    { key: 'channels', title: text('people.channels'), width: '88px', cell: (row) => <ChannelDots channels={row.channels} /> },
    { key: 'events', title: text('people.events'), width: '64px', align: 'end', cell: (row) => format.count(row.events_count) },
    { key: 'last', title: text('people.last'), width: '96px', align: 'end', cell: (row) => <Age time={row.last} /> },
  ]
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ProfileRow } from '../api/people.ts'
import { type Names, useNames } from '../api/use-names.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { ChannelDots } from '../ui/channel.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import { useProfileList } from './use-profile-list.ts'

/** Finds customers by identifier or trait; without a search it lists everyone. */
export function ProfileListPage() {
  const text = useText()
  const format = useFormat()
  const names = useNames()
  const { id: ws } = useWorkspace()
  const { q = '' } = useSearch({ from: '/w/$ws/profiles/' })
  const navigate = useNavigate({ from: '/w/$ws/profiles/' })
  const profiles = useProfileList(q)
  return (
    <Page title={text('page.profiles')} note={text('profile.listNote')}>
      <SearchField
        label={text('profile.search')}
        value={q}
        onSearch={(next) => void navigate({ search: next === '' ? {} : { q: next }, replace: true })}
      />
      {profiles.total !== undefined && profiles.total > 0 && <p className="visually-hidden">{text('people.total', { count: profiles.total, shown: format.count(profiles.total) })}</p>}
      {profiles.error !== null ? (
        <Failed error={profiles.error} onRetry={profiles.retry} />
      ) : profiles.rows === undefined ? (
        <Loading rows={8} />
      ) : profiles.rows.length === 0 ? (
        <Empty art="search" title={q === '' ? text('profile.nobody') : text('profile.notFound', { text: q })}>
          {q === '' ? text('profile.nobodyNote') : text('profile.notFoundNote')}
        </Empty>
      ) : (
        <DataTable
          label={text('page.profiles')}
          columns={columnsOf(text, format, names)}
          rows={profiles.rows}
          {...(profiles.total === undefined ? {} : { total: profiles.total })}
          onEnd={profiles.more}
          rowKey={(row) => String(row.id)}
          height="calc(100dvh - 250px)"
          onOpen={(row) => void navigate({ to: '/w/$ws/profiles/$profile', params: { ws, profile: String(row.id) } })}
        />
      )}
    </Page>
  )
}

function columnsOf(text: Text, format: Format, names: Names): readonly Column<ProfileRow>[] {
  return [
    {
      key: 'label',
      title: text('people.profile'),
      width: 'minmax(160px, 2fr)',
      cell: (row) => <ProfileName label={row.label} known={row.known} />,
      sort: (row) => row.label,
    },
    { key: 'stage', title: text('profile.stage'), width: 'minmax(90px, 1fr)', cell: (row) => (row.stage == null ? '–' : names.stage(row.stage)), sort: (row) => row.stage ?? '' },
    { key: 'channels', title: text('people.channels'), width: '110px', cell: (row) => <ChannelDots channels={row.channels} /> },
    {
      key: 'events',
      title: text('people.events'),
      width: '84px',
      align: 'end',
      cell: (row) => format.count(row.events_count),
      sort: (row) => row.events_count,
    },
    { key: 'first', title: text('profile.first'), width: '110px', align: 'end', cell: (row) => <Age time={row.first} />, sort: (row) => Date.parse(row.first) },
    { key: 'last', title: text('people.last'), width: '110px', align: 'end', cell: (row) => <Age time={row.last} />, sort: (row) => Date.parse(row.last) },
  ]
}

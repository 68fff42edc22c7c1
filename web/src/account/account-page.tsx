import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { accountQuery } from '../api/account.ts'
import type { ProfileRow } from '../api/people.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { flatten } from '../lib/flatten.ts'
import { Age } from '../ui/age.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import style from './account.module.css'

/** One account: what the newest group event tells of it, and who belongs to it. */
export function AccountPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { account: id } = useParams({ from: '/w/$ws/accounts/$account' })
  const navigate = useNavigate()
  const { data } = useSuspenseQuery(accountQuery(ws, id))
  const { account, members } = data
  const traits = flatten(data.traits)
  const columns: readonly Column<ProfileRow>[] = [
    { key: 'label', title: text('people.profile'), width: 'minmax(160px, 2fr)', cell: (it) => <ProfileName label={it.label} known={it.known} />, sort: (it) => it.label },
    { key: 'events', title: text('people.events'), width: '100px', align: 'end', cell: (it) => format.count(it.events_count), sort: (it) => it.events_count },
    { key: 'last', title: text('people.last'), width: '120px', align: 'end', cell: (it) => <Age time={it.last} />, sort: (it) => Date.parse(it.last) },
  ]
  return (
    <Page title={account.label} note={text('account.seen', { first: format.date(format.dayOf(account.first)), last: format.date(format.dayOf(account.last)) })}>
      <Section title={text('profile.traits')}>
        {traits.length === 0 ? (
          <p className={style.none}>{text('profile.noTraits')}</p>
        ) : (
          <dl className={style.traits}>
            {traits.map((leaf) => (
              <div key={leaf.path}>
                <dt>{leaf.path}</dt>
                <dd>{leaf.text}</dd>
              </div>
            ))}
          </dl>
        )}
      </Section>
      <Section title={text('account.members')} note={format.count(account.members_count)}>
        <DataTable
          label={text('account.members')}
          columns={columns}
          rows={members}
          total={account.members_count}
          rowKey={(it) => String(it.id)}
          height="420px"
          onOpen={(it) => void navigate({ to: '/w/$ws/profiles/$profile', params: { ws, profile: String(it.id) } })}
        />
      </Section>
    </Page>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { profileAccountsQuery } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import style from './profile-objects.module.css'
import shared from './profile.module.css'

/** The accounts that a profile has events of. Most workspaces have none, so nothing is said of that. */
export function ProfileAccounts({ profile }: { readonly profile: string }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { data, error } = useQuery(profileAccountsQuery(ws, profile))
  if (error === null && (data === undefined || data.accounts.length === 0)) return null
  return (
    <section aria-label={text('page.accounts')}>
      <h2 className={shared.heading}>{text('page.accounts')}</h2>
      {error !== null && <p className={shared.none}>{errorText(text, error)}</p>}
      <ul className={style.objects}>
        {data?.accounts.map((it) => (
          <li key={`${it.account_type} ${it.id}`}>
            <Link to="/w/$ws/accounts/$type/$account" params={{ ws, type: it.account_type, account: it.id }}>
              <small>{it.account_type}</small> {it.name ?? it.id}
            </Link>
            <span className={style.state}>{text('account.membersCount', { count: it.members_count, shown: format.count(it.members_count) })}</span>
            {it.last == null ? <span /> : <Age time={it.last} />}
          </li>
        ))}
      </ul>
      {data !== undefined && data.found > data.accounts.length && <p className={shared.none}>{text('object.listed', { shown: format.count(data.accounts.length), all: format.count(data.found) })}</p>}
    </section>
  )
}

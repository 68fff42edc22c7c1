import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { profilesQuery } from '../api/profile.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import { SearchField } from '../ui/search-field.tsx'
import style from './join.module.css'

/** How many are shown; a longer list is searched further. */
const FOUND_MAX = 20

type JoinSearchProps = { readonly ws: string; readonly left: number; readonly onChoose: (profile: number) => void }

/** Finds the other profile by an identifier. */
export function JoinSearch({ ws, left, onChoose }: JoinSearchProps) {
  const text = useText()
  const format = useFormat()
  const [search, setSearch] = useState('')
  const found = useQuery({ ...profilesQuery(ws, search, FOUND_MAX), enabled: search !== '' })
  const others = found.data?.profiles.filter((it) => it.id !== left)
  return (
    <div className={style.search}>
      <SearchField label={text('identity.joinSearch')} value={search} onSearch={setSearch} />
      {search === '' ? (
        <p className={style.note}>{text('identity.joinSearchNote')}</p>
      ) : found.error !== null ? (
        <Failed small error={found.error} onRetry={() => void found.refetch()} />
      ) : others === undefined ? (
        <Loading rows={3} />
      ) : others.length === 0 ? (
        <Empty small title={text('profile.notFound', { text: search })}>
          {text('profile.notFoundNote')}
        </Empty>
      ) : (
        <ul className={style.found} aria-label={text('identity.joinFound')}>
          {others.map((it) => (
            <li key={it.id}>
              <button type="button" onClick={() => onChoose(it.id)}>
                <ProfileName label={it.label} known={it.known} />
                <small>{text('profile.events', { count: it.events_count, shown: format.count(it.events_count) })}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { profileIdentityQuery } from '../api/identity.ts'
import type { Profile } from '../api/profile.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { JoinDialog } from '../join/join-dialog.tsx'
import { Button } from '../ui/button.tsx'
import style from './profile.module.css'
import { WhyDialog } from './why-dialog.tsx'

/** The identifiers of a profile with their type and when they were seen, and the way to why they are one person. */
export function ProfileIdentifiers({ profile }: { readonly profile: Profile }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const [isJoining, setJoining] = useState(false)
  const { data, error } = useQuery(profileIdentityQuery(ws, String(profile.id)))
  const own = data?.identifiers.filter((it) => it.profile === data.profile)
  return (
    <>
      <h2>{text('profile.identifiers')}</h2>
      {error !== null ? (
        <p className={style.none}>{errorText(text, error)}</p>
      ) : own === undefined ? (
        <dl className={style.pairs}>
          {profile.identifiers.map((it) => (
            <div key={`${it.kind} ${it.value}`}>
              <dt>{text(`profile.identifier.${it.kind}`)}</dt>
              <dd className={style.mono}>{it.value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <dl className={style.pairs}>
          {own.map((it) => (
            <div key={it.id}>
              <dt>{text(`profile.identifier.${it.kind}`)}</dt>
              <dd className={style.mono}>
                {it.value}
                {it.first != null && it.last != null && (
                  <small>{text('profile.linkedFrom', { first: format.date(format.dayOf(it.first)), last: format.date(format.dayOf(it.last)) })}</small>
                )}
                {it.shared && <small>{text('identity.stateShared')}</small>}
                {it.suspended && <small className={style.suspended}>{text('identity.stateSuspended')}</small>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {data !== undefined && (data.identifiers.length > 1 || data.decisions.length > 0) && (
        <Button size="s" icon="link" className={style.why} onClick={() => setOpen(true)}>
          {text('profile.why')}
        </Button>
      )}
      <Button size="s" icon="people" className={style.why} onClick={() => setJoining(true)}>
        {text('identity.joinWith')}
      </Button>
      {isJoining && <JoinDialog left={profile.id} onClose={() => setJoining(false)} />}
      {isOpen && data !== undefined && <WhyDialog identity={data} onClose={() => setOpen(false)} />}
    </>
  )
}

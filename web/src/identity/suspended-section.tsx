import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { decideIdentity, type SuspendedIdentifier, suspendedQuery } from '../api/identity.ts'
import { canEditMaps } from '../api/session.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './identity.module.css'

/** What can be done with one of them. */
type Treating = 'release' | 'suspend' | 'learn'

/** Identifiers that would join too many, each with its evidence and two ways to decide. */
export function SuspendedSection() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const listed = useQuery(suspendedQuery(ws))
  return (
    <Section title={text('identity.suspended')} note={text('identity.suspendedNote')}>
      {listed.error !== null ? (
        <Failed small error={listed.error} onRetry={() => void listed.refetch()} />
      ) : listed.data === undefined ? (
        <Loading rows={3} />
      ) : listed.data.identifiers.length === 0 ? (
        <Empty small title={text('identity.noneSuspended')}>
          {text('identity.noneSuspendedNote')}
        </Empty>
      ) : (
        <>
          <ul className={style.suspects} aria-label={text('identity.suspended')}>
            {listed.data.identifiers.map((it) => (
              <Suspect key={it.identifier.id} ws={ws} suspect={it} />
            ))}
          </ul>
          {listed.data.total > listed.data.identifiers.length && <p className={style.hint}>{text('identity.more', { shown: format.count(listed.data.total - listed.data.identifiers.length) })}</p>}
        </>
      )}
    </Section>
  )
}

function Suspect({ ws, suspect }: { readonly ws: string; readonly suspect: SuspendedIdentifier }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  const { role } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const { identifier } = suspect
  const name = { kind: identifier.kind, value: identifier.value }
  const decide = useMutation({
    mutationFn: (what: Treating) => decideIdentity(ws, what, name, null, text(`identity.because.${what}`)),
    onError: toastFailure,
  })
  const refused = canEditMaps(role) ? undefined : text('identity.editorsOnly')
  return (
    <li>
      <div className={style.suspect}>
        <span className={style.who}>
          <b>{identifier.value}</b>
          <small>{text(`identity.kind.${identifier.kind}`)}</small>
        </span>
        <span className={style.state} data-suspended={identifier.suspended}>
          {text(identifier.treatment === 'learned' ? 'identity.stateLearned' : identifier.suspended ? 'identity.stateSuspended' : 'identity.stateReleased')}
        </span>
        <span className={style.hint}>
          {suspect.owners_max == null
            ? text('identity.owners', { count: suspect.owners_count, shown: format.count(suspect.owners_count) })
            : text('identity.ownersOf', { shown: format.count(suspect.owners_count), max: format.count(suspect.owners_max) })}
        </span>
        <span className={style.acts}>
          <Button size="s" look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {text('identity.evidence')}
          </Button>
          {identifier.treatment !== 'released' && (
            <Button size="s" refused={refused} aria-busy={decide.isPending} onClick={() => decide.mutate('release')}>
              {text('identity.release')}
            </Button>
          )}
          {identifier.treatment !== 'suspended' && (
            <Button size="s" refused={refused} aria-busy={decide.isPending} onClick={() => decide.mutate('suspend')}>
              {text('identity.confirm')}
            </Button>
          )}
          {identifier.treatment !== 'learned' && (
            <Button size="s" refused={refused} aria-busy={decide.isPending} onClick={() => decide.mutate('learn')}>
              {text('identity.learn')}
            </Button>
          )}
        </span>
      </div>
      {isOpen && (
        <ul className={style.evidence} aria-label={text('identity.evidenceOf', { value: identifier.value })}>
          {suspect.evidence.map((it) => (
            <li key={`${it.kind} ${it.value} ${it.time} ${it.source}`}>
              <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(it.profile) }}>
                {it.value}
              </Link>
              <span>{text(`identity.kind.${it.kind}`)}</span>
              <span>{format.moment(it.time)}</span>
              <span>{nameOf(it.source) ?? text('profile.source', { id: it.source })}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

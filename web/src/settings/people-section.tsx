import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeRole, type Colleague, invite, membersQuery } from '../api/member.ts'
import type { Role } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './settings.module.css'

const roles = ['viewer', 'analyst', 'editor', 'publisher', 'admin'] as const satisfies readonly Role[]

/** Who works in the workspace, what they may do, and how others join. */
export function PeopleSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const members = useQuery(membersQuery)
  return (
    <Section title={text('settings.people')} note={text('settings.peopleNote')}>
      {members.error !== null ? (
        <Failed small error={members.error} onRetry={() => void members.refetch()} />
      ) : members.data === undefined ? (
        <Loading rows={2} />
      ) : (
        <ul className={style.rows} aria-label={text('settings.people')}>
          {members.data.members.map((it) => (
            <MemberRow key={it.id} ws={ws} member={it} />
          ))}
        </ul>
      )}
      <Invite ws={ws} />
    </Section>
  )
}

function MemberRow({ ws, member }: { readonly ws: string; readonly member: Colleague }) {
  const text = useText()
  const [leaving, setLeaving] = useState(false)
  const change = useMutation({ mutationFn: (role: Role | null) => changeRole(member.id, ws, role), onError: toastFailure })
  const role = member.owner ? 'owner' : member.workspaces.find((it) => it.id === ws)?.role
  if (role === undefined) return null
  return (
    <li className={style.row}>
      <span className={style.grow}>
        <b>{member.name}</b>
        <span className={style.hint}>{member.email}</span>
      </span>
      <span className={style.hint}>
        {!member.joined ? text('settings.invited') : member.seen == null ? text('settings.notSeen') : <>{text('settings.seen')} <Age time={member.seen} /></>}
      </span>
      {role === 'owner' ? (
        <span>{text('role.owner')}</span>
      ) : (
        <>
          <SelectField
            size="s"
            label={text('settings.roleOf', { name: member.name })}
            labelHidden
            value={role}
            choices={roles.map((value) => ({ value, label: text(`role.${value}`) }))}
            onChange={(next) => change.mutate(next)}
          />
          <IconButton size="s" icon="trash" label={text('settings.removeMember', { name: member.name })} onClick={() => setLeaving(true)} />
        </>
      )}
      {leaving && (
        <ConfirmDelete
          title={text('settings.removeMember', { name: member.name })}
          note={text('settings.removeMemberNote')}
          action={text('settings.removeMemberAction')}
          onConfirm={() => change.mutate(null)}
          onClose={() => setLeaving(false)}
        />
      )}
    </li>
  )
}

function Invite({ ws }: { readonly ws: string }) {
  const text = useText()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const send = useMutation({
    mutationFn: () => invite(email.trim(), name.trim(), ws, role),
    onSuccess: () => {
      setEmail('')
      setName('')
    },
    onError: toastFailure,
  })
  const link = send.data?.link
  return (
    <>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!send.isPending) send.mutate()
        }}
      >
        <TextField label={text('access.email')} type="email" value={email} required autoComplete="off" onChange={setEmail} />
        <TextField label={text('settings.name')} value={name} required maxLength={100} autoComplete="off" onChange={setName} />
        <SelectField label={text('settings.role')} value={role} choices={roles.map((value) => ({ value, label: text(`role.${value}`) }))} onChange={setRole} />
        <Button type="submit" icon="plus" aria-busy={send.isPending} refused={email.trim() === '' || name.trim() === '' ? text('settings.whoFirst') : undefined}>
          {text('settings.invite')}
        </Button>
      </form>
      {send.data !== undefined && (
        <div className={style.made} role="status">
          <p>{link === null || link === undefined ? text('settings.added') : text('settings.link')}</p>
          {link !== null && link !== undefined && (
            <div className={style.copy}>
              <code>{link}</code>
              <IconButton
                size="s"
                icon="copy"
                label={text('source.copy')}
                onClick={() => void navigator.clipboard.writeText(link).then(() => toast(text('source.copied')), toastFailure)}
              />
            </div>
          )}
        </div>
      )}
    </>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useWorkspace } from '../api/use-workspace.ts'
import { changeWorkspace, removeWorkspace } from '../api/workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { TextField } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './settings.module.css'

/** The workspace's name and zone, and its end. */
export function WorkspaceSection({ governs }: { readonly governs: boolean }) {
  const text = useText()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const [name, setName] = useState(workspace.name)
  const [zone, setZone] = useState(workspace.zone)
  const [leaving, setLeaving] = useState(false)
  const change = useMutation({
    mutationFn: () => changeWorkspace(workspace.id, { name: name.trim(), zone: zone.trim() }),
    onSuccess: () => toast(text('settings.saved')),
    onError: toastFailure,
  })
  const remove = useMutation({ mutationFn: () => removeWorkspace(workspace.id), onSuccess: () => navigate({ to: '/' }), onError: toastFailure })
  const same = name.trim() === workspace.name && zone.trim() === workspace.zone
  const refused = !governs ? text('settings.adminsOnly') : same || name.trim() === '' ? text('settings.nothingNew') : undefined
  return (
    <Section title={text('settings.workspace')} note={workspace.id}>
      <div className={style.forms}>
        <form
          className={style.form}
          onSubmit={(event) => {
            event.preventDefault()
            if (refused === undefined) change.mutate()
          }}
        >
          <TextField label={text('settings.workspaceName')} value={name} required maxLength={100} readOnly={!governs} onChange={setName} />
          <TextField label={text('settings.zone')} hint={text('settings.zoneHint')} value={zone} required readOnly={!governs} onChange={setZone} />
          <Button type="submit" refused={refused}>
            {text('settings.save')}
          </Button>
        </form>
        {governs && (
          <div className={style.end}>
            <p>{text('settings.removeNote')}</p>
            <Button look="danger" icon="trash" onClick={() => setLeaving(true)}>
              {text('settings.removeWorkspace')}
            </Button>
          </div>
        )}
      </div>
      {leaving && (
        <ConfirmDelete
          title={text('settings.removeWorkspace')}
          note={text('settings.removeExplained')}
          action={text('settings.removeWorkspace')}
          typed={workspace.name}
          onConfirm={() => remove.mutate()}
          onClose={() => setLeaving(false)}
        />
      )}
    </Section>
  )
}

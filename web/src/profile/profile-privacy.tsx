import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { copyAddress, eraseProfile } from '../api/erasure.ts'
import type { Profile } from '../api/profile.ts'
import { canEditMaps, governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './profile.module.css'

/** What a person may ask for: a file of all that is held of them, and that it goes. */
export function ProfilePrivacy({ profile }: { readonly profile: Profile }) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const [isAsking, setAsking] = useState(false)
  const [refusesLater, setRefusesLater] = useState(true)
  const erase = useMutation({
    mutationFn: () => eraseProfile(ws, profile.id, refusesLater),
    onSuccess: async () => {
      toast(text('erasure.requested'))
      await navigate({ to: '/w/$ws/settings', params: { ws }, hash: 'erasures' })
    },
    onError: toastFailure,
  })
  return (
    <div className={style.privacy}>
      {canEditMaps(role) && (
        <a className={style.copy} href={copyAddress(ws, profile.id)} download>
          {text('erasure.copy')}
        </a>
      )}
      <Button
        size="s"
        icon="trash"
        refused={governs(role) ? undefined : text('settings.adminsOnly')}
        aria-busy={erase.isPending}
        onClick={() => setAsking(true)}
      >
        {text('erasure.erase')}
      </Button>
      {isAsking && (
        <ConfirmDelete
          title={text('erasure.eraseOne', { name: profile.label })}
          note={text('erasure.explained', { count: profile.events_count })}
          action={text('erasure.erase')}
          typed={profile.label}
          onConfirm={() => erase.mutate()}
          onClose={() => setAsking(false)}
        >
          <label className={style.later}>
            <input type="checkbox" checked={refusesLater} onChange={(event) => setRefusesLater(event.currentTarget.checked)} />
            <span>
              {text('erasure.refuseLater')}
              <small>{text(refusesLater ? 'erasure.refuseLaterNote' : 'erasure.takeLaterNote')}</small>
            </span>
          </label>
        </ConfirmDelete>
      )}
    </div>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { join } from '../api/session.ts'
import { useText } from '../i18n/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { AccessPage } from './access-page.tsx'
import { PASSWORD_CHARS_MIN } from './setup-page.tsx'

/** An invitation: the link says who, the password is chosen here. */
export function JoinPage() {
  const text = useText()
  const navigate = useNavigate()
  const { token } = useSearch({ from: '/join' })
  const [password, setPassword] = useState('')
  const enter = useMutation({
    mutationFn: () => join(token ?? '', password),
    onSuccess: () => navigate({ to: '/' }),
  })
  return (
    <AccessPage
      title={text('access.join.title')}
      note={token === undefined ? text('access.join.noToken') : text('access.join.note')}
      action={text('access.join.action')}
      error={enter.error}
      isBusy={enter.isPending}
      onSubmit={() => enter.mutate()}
    >
      <TextField
        label={text('access.password')}
        hint={text('access.passwordHint', { count: PASSWORD_CHARS_MIN })}
        type="password"
        name="password"
        autoComplete="new-password"
        minLength={PASSWORD_CHARS_MIN}
        required
        autoFocus
        value={password}
        onChange={setPassword}
      />
    </AccessPage>
  )
}

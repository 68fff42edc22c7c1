import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { setUp } from '../api/session.ts'
import { useText } from '../i18n/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { AccessPage } from './access-page.tsx'

/** Characters of the shortest password that is taken. */
export const PASSWORD_CHARS_MIN = 10

/** The first start: the one-time link makes the owner. */
export function SetupPage() {
  const text = useText()
  const navigate = useNavigate()
  const { token } = useSearch({ from: '/setup' })
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () => setUp({ token: token ?? '', name, email, password }),
    onSuccess: () => navigate({ to: '/' }),
  })
  return (
    <AccessPage
      title={text('access.setup.title')}
      note={token === undefined ? text('access.setup.noToken') : text('access.setup.note')}
      action={text('access.setup.action')}
      error={make.error}
      isBusy={make.isPending}
      onSubmit={() => make.mutate()}
    >
      <TextField label={text('access.name')} name="name" autoComplete="name" required autoFocus value={name} onChange={setName} />
      <TextField label={text('access.email')} type="email" name="email" autoComplete="username" required value={email} onChange={setEmail} />
      <TextField
        label={text('access.password')}
        hint={text('access.passwordHint', { count: PASSWORD_CHARS_MIN })}
        type="password"
        name="password"
        autoComplete="new-password"
        minLength={PASSWORD_CHARS_MIN}
        required
        value={password}
        onChange={setPassword}
      />
    </AccessPage>
  )
}

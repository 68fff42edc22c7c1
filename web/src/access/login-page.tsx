import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { signIn } from '../api/session.ts'
import { useText } from '../i18n/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { AccessPage } from './access-page.tsx'

export function LoginPage() {
  const text = useText()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/login' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: () => navigate({ href: next ?? '/' }),
  })
  return (
    <AccessPage
      title={text('access.login.title')}
      note={text('access.login.note')}
      action={text('access.login.action')}
      error={enter.error}
      isBusy={enter.isPending}
      onSubmit={() => enter.mutate()}
    >
      <TextField label={text('access.email')} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={setEmail} />
      <TextField
        label={text('access.password')}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
    </AccessPage>
  )
}

import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { chooseLanguage } from '../api/language.ts'
import { changeMember, sessionQuery } from '../api/session.ts'
import { locales } from '../i18n/i18n.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { localeNames } from '../lib/locale-names.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './settings.module.css'

/** The member's own name, language and password. */
export function MemberSection() {
  const text = useText()
  const locale = useLocale()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [name, setName] = useState(session.member.name)
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const rename = useMutation({
    mutationFn: () => changeMember({ name: name.trim() }),
    onSuccess: () => toast(text('settings.saved')),
    onError: toastFailure,
  })
  const password = useMutation({
    mutationFn: () => changeMember({ password: { current, next } }),
    onSuccess: () => {
      setCurrent('')
      setNext('')
      toast(text('settings.passwordChanged'))
    },
    onError: toastFailure,
  })
  return (
    <Section title={text('settings.you')} note={session.member.email}>
      <div className={style.forms}>
        <form
          className={style.form}
          onSubmit={(event) => {
            event.preventDefault()
            rename.mutate()
          }}
        >
          <TextField label={text('access.name')} value={name} required maxLength={100} autoComplete="name" onChange={setName} />
          <Button type="submit" refused={name.trim() === '' || name.trim() === session.member.name ? text('settings.nothingNew') : undefined}>
            {text('settings.save')}
          </Button>
        </form>
        <SelectField
          label={text('shell.language')}
          value={locale}
          choices={locales.map((it) => ({ value: it, label: localeNames[it] }))}
          onChange={(it) => void chooseLanguage(it).catch(toastFailure)}
        />
        <form
          className={style.form}
          onSubmit={(event) => {
            event.preventDefault()
            password.mutate()
          }}
        >
          <TextField label={text('settings.currentPassword')} type="password" autoComplete="current-password" value={current} required onChange={setCurrent} />
          <TextField label={text('settings.newPassword')} type="password" autoComplete="new-password" value={next} required minLength={10} onChange={setNext} />
          <Button type="submit" aria-busy={password.isPending} refused={current === '' || next === '' ? text('settings.bothPasswords') : undefined}>
            {text('settings.changePassword')}
          </Button>
        </form>
      </div>
      <p className={style.hint}>{text('settings.passwordNote')}</p>
    </Section>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { changeHook, type Hook, type HookCheck } from '../api/hook.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { isChecked } from './hook-maker.ts'
import hookStyle from './hook.module.css'

const methods = ['none', 'token', 'hmac_hex', 'hmac_base64'] as const satisfies readonly HookCheck['method'][]

/** How what comes is checked: the secret of the other product, and for unknown ones where its signature stands. */
export function HookSecret({ hook }: { readonly hook: Hook }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const [secret, setSecret] = useState('')
  const [method, setMethod] = useState(hook.check.method)
  const [header, setHeader] = useState(hook.check.header === undefined || hook.check.header === '' ? 'X-Signature' : hook.check.header)
  const isOwn = isChecked(hook.maker)
  const isNone = isOwn && method === 'none'
  const save = useMutation({
    mutationFn: () =>
      changeHook(ws, hook.id, {
        ...(secret.trim() === '' ? {} : { secret: secret.trim() }),
        ...(isOwn ? { check: { method, header: isNone ? '' : header.trim() } } : {}),
      }),
    onSuccess: () => {
      setSecret('')
      toast(text('hook.saved'))
    },
    onError: toastFailure,
  })
  const isSame = secret.trim() === '' && (!isOwn || (method === hook.check.method && (isNone || header === hook.check.header)))
  return (
    <form
      className={hookStyle.secret}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isSame && !save.isPending) save.mutate()
      }}
    >
      <h3>{text('hook.check')}</h3>
      {isOwn && (
        <SelectField size="s" label={text('hook.method')} value={method} choices={methods.map((value) => ({ value, label: text(`hook.methods.${value}`) }))} onChange={setMethod} />
      )}
      {!isNone && (
        <>
          {isOwn && <TextField size="s" mono label={text('hook.header')} value={header} maxLength={100} onChange={setHeader} />}
          <TextField
            size="s"
            mono
            type="password"
            autoComplete="off"
            label={text(hook.maker === 'sendgrid' ? 'hook.publicKey' : 'hook.secret')}
            placeholder={hook.has_secret ? text('hook.secretSet') : ''}
            hint={text(`hook.secretHint.${hook.maker}`)}
            value={secret}
            onChange={setSecret}
          />
        </>
      )}
      <div>
        <Button size="s" type="submit" aria-busy={save.isPending} refused={isSame ? text('hook.nothingNew') : undefined}>
          {text('hook.save')}
        </Button>
      </div>
    </form>
  )
}

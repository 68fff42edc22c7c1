import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { registerLink } from '../api/sent-links.ts'
import { useText } from '../i18n/use-text.ts'
import { ApiError } from '../lib/api-error.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './link.module.css'

/** Registers a link before it is sent, and shows what to send in its place. */
export function RegisterDialog({ ws, onClose }: { readonly ws: string; readonly onClose: () => void }) {
  const text = useText()
  const [address, setAddress] = useState('')
  const [fallback, setFallback] = useState('')
  const making = useMutation({
    mutationFn: () => registerLink(ws, address.trim(), fallback.trim() === '' ? null : fallback.trim()),
    onError: (error) => {
      if (!(error instanceof ApiError) || error.faults.length === 0) toastFailure(error)
    },
  })
  const faults = making.error instanceof ApiError ? making.error.faults : []
  const faultAt = (place: string) => faults.find((it) => it.place === place)?.message
  const made = making.data
  return (
    <Dialog
      title={text('sentLink.register')}
      width={520}
      onClose={onClose}
      actions={
        made === undefined ? (
          <>
            <Button onClick={onClose}>{text('look.cancel')}</Button>
            <Button look="primary" aria-busy={making.isPending} refused={address.trim() === '' ? text('sentLink.addressFirst') : undefined} onClick={() => making.mutate()}>
              {text('sentLink.registerIt')}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            {text('look.close')}
          </Button>
        )
      }
    >
      {made === undefined ? (
        <div className={style.form}>
          <TextField label={text('sentLink.address')} hint={text('sentLink.addressHint')} fault={faultAt('address')} value={address} autoComplete="off" onChange={setAddress} />
          <TextField label={text('sentLink.fallback')} hint={text('sentLink.fallbackHint')} fault={faultAt('fallback')} value={fallback} autoComplete="off" onChange={setFallback} />
        </div>
      ) : (
        <div className={style.made}>
          <p>{text('sentLink.sendInstead')}</p>
          <TextField mono readOnly label={text('sentLink.leadsFrom')} value={new URL(made.leads_from, location.origin).href} onChange={() => undefined} />
        </div>
      )}
    </Dialog>
  )
}

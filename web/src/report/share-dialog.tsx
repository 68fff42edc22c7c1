import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { makeShare, revokeShare, type ShareLink, type SharedKind, sharesQuery } from '../api/dashboard.ts'
import { canPublish } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './dialogs.module.css'

const spans = ['7d', '30d', '90d', 'none'] as const
type Span = (typeof spans)[number]

type ShareDialogProps = { readonly kind: SharedKind; readonly document: string; readonly onClose: () => void }

/** Links by which anybody may read a document: makes, copies, lists and revokes them. */
export function ShareDialog({ kind, document, onClose }: ShareDialogProps) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const shares = useQuery(sharesQuery(ws))
  const refused = canPublish(role) ? undefined : text('share.cannot')
  const links = shares.data?.shares.filter((it) => it.kind === kind && it.document === document)
  return (
    <Dialog title={text('share.title')} width={560} onClose={onClose}>
      <p className={style.lead}>{text('share.lead')}</p>
      <NewLink kind={kind} document={document} refused={refused} />
      <h3 className={style.heading}>{text('share.links')}</h3>
      {shares.error !== null ? (
        <Failed small error={shares.error} onRetry={() => void shares.refetch()} />
      ) : links === undefined ? (
        <Loading rows={2} />
      ) : links.length === 0 ? (
        <p className={style.quiet}>{text('share.none')}</p>
      ) : (
        <ul className={style.list} aria-label={text('share.links')}>
          {links.map((link) => (
            <Link key={link.id} link={link} refused={refused} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function NewLink({ kind, document, refused }: { readonly kind: SharedKind; readonly document: string; readonly refused: string | undefined }) {
  const text = useText()
  const form = useId()
  const { id: ws } = useWorkspace()
  const [note, setNote] = useState('')
  const [span, setSpan] = useState<Span>('30d')
  const make = useMutation({
    mutationFn: () => makeShare(ws, { kind, document, note: note.trim(), ...(span === 'none' ? {} : { expires_in: span }) }),
    onSuccess: () => setNote(''),
    onError: toastFailure,
  })
  const link = make.data === undefined ? null : `${location.origin}${make.data.path}`
  const copy = async () => {
    await navigator.clipboard.writeText(link ?? '')
    toast(text('report.linkCopied'))
  }
  return (
    <>
      <form
        id={form}
        className={style.make}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !make.isPending) make.mutate()
        }}
      >
        <TextField label={text('share.note')} placeholder={text('share.noteExample')} maxLength={100} value={note} onChange={setNote} />
        <SelectField label={text('share.expires')} value={span} choices={spans.map((value) => ({ value, label: text(`share.spans.${value}`) }))} onChange={setSpan} />
        <Button type="submit" look="primary" icon="link" refused={refused} aria-busy={make.isPending}>
          {text('share.make')}
        </Button>
      </form>
      {link !== null && (
        <div className={style.made} role="status">
          <p>{text('share.once')}</p>
          <div className={style.secret}>
            <input readOnly aria-label={text('share.newLink')} value={link} onFocus={(event) => event.currentTarget.select()} />
            <Button icon="copy" onClick={() => void copy()}>
              {text('share.copy')}
            </Button>
          </div>
        </div>
      )}
    </>
  )
}

function Link({ link, refused }: { readonly link: ShareLink; readonly refused: string | undefined }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const revoke = useMutation({
    mutationFn: () => revokeShare(ws, link.id),
    onSuccess: () => toast(text('share.revoked')),
    onError: toastFailure,
  })
  const name = link.note === '' ? text('share.noNote') : link.note
  return (
    <li data-over={link.is_over || undefined}>
      <span className={style.words}>
        <b>{name}</b>
        <span className={style.quiet}>
          {text('share.by', { author: link.author })} · <Age time={link.created} />
        </span>
        <span className={style.quiet}>
          {link.expires == null ? text('share.open') : text(link.is_over ? 'share.over' : 'share.until', { time: format.moment(link.expires) })}
        </span>
      </span>
      <Button size="s" look="danger" refused={refused} aria-busy={revoke.isPending} aria-label={text('share.revokeOf', { name })} onClick={() => revoke.mutate()}>
        {text(link.is_over ? 'share.remove' : 'share.revoke')}
      </Button>
    </li>
  )
}

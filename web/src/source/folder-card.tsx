import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type FolderFile, pauseFolder, removeFolder, retryFile, type WatchedFolder } from '../api/folder.ts'
import { errorsAddress } from '../api/import.ts'
import { canEditMaps, governs, type Role } from '../api/session.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './source.module.css'

type FolderCardProps = { readonly ws: string; readonly it: WatchedFolder; readonly role: Role }

/** A watched folder: whether it works, and what became of its last files. */
export function FolderCard({ ws, it, role }: FolderCardProps) {
  const text = useText()
  const format = useFormat()
  const [leaving, setLeaving] = useState(false)
  // What has failed is in sight by itself, and what was once opened stays open.
  const [chosen, setOpen] = useState<boolean>()
  const isOpen = chosen ?? it.files.some((file) => isRetried(file.state))
  const pause = useMutation({ mutationFn: () => pauseFolder(ws, it.id, !it.is_paused), onError: toastFailure })
  const remove = useMutation({ mutationFn: () => removeFolder(ws, it.id), onError: toastFailure })
  const { dir, pattern } = it.folder
  const name = pattern === undefined || pattern === '' ? dir : `${dir}/${pattern}`
  return (
    <li className={style.import}>
      <div className={style.row}>
        <span className={style.grow}>
          <b>{name}</b>
          <span className={style.quiet}>
            {it.mapping_title ?? text('folder.mappingGone')} ·{' '}
            {it.is_paused ? text('folder.paused') : it.looked == null ? text('folder.notYet') : <>{text('folder.looked')} <Age time={it.looked} /></>}
            {it.waiting > 0 && ` · ${text('folder.waiting', { count: it.waiting, shown: format.count(it.waiting) })}`}
          </span>
        </span>
        {canEditMaps(role) && (
          <Button size="s" icon={it.is_paused ? 'play' : 'pause'} aria-busy={pause.isPending} aria-label={text(it.is_paused ? 'hook.resumeOf' : 'hook.pauseOf', { name })} onClick={() => pause.mutate()}>
            {text(it.is_paused ? 'hook.resume' : 'hook.pause')}
          </Button>
        )}
        {governs(role) && (
          <Button size="s" look="quiet" icon="trash" aria-label={text('folder.removeOf', { name })} onClick={() => setLeaving(true)}>
            {text('folder.remove')}
          </Button>
        )}
      </div>
      {it.trouble != null && <p className={style.bad}>{it.trouble}</p>}
      {it.files.length > 0 && (
        <details className={style.held} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{text('folder.files', { count: it.files_count, shown: format.count(it.files_count) })}</summary>
          <ul className={style.rows} aria-label={text('folder.filesOf', { name })}>
            {it.files.map((file) => (
              <FileRow key={file.name} ws={ws} folder={it.id} file={file} mayRetry={canEditMaps(role)} />
            ))}
          </ul>
        </details>
      )}
      {leaving && (
        <ConfirmDelete
          title={text('folder.removeOf', { name })}
          note={text('folder.removeNote')}
          action={text('folder.remove')}
          onConfirm={() => remove.mutate()}
          onClose={() => setLeaving(false)}
        />
      )}
    </li>
  )
}

/** Nothing of such a file is there, so it may be tried again. */
function isRetried(state: FolderFile['state']): boolean {
  return state === 'refused' || state === 'failed' || state === 'cancelled' || state === 'undone'
}

type FileRowProps = { readonly ws: string; readonly folder: string; readonly file: FolderFile; readonly mayRetry: boolean }

function FileRow({ ws, folder, file, mayRetry }: FileRowProps) {
  const text = useText()
  const format = useFormat()
  const retry = useMutation({ mutationFn: () => retryFile(ws, folder, file.name), onError: toastFailure })
  const isEmpty = file.state === 'refused' || file.state === 'same'
  return (
    <li className={style.row}>
      <span className={style.grow}>
        {file.name}
        <span className={style.quiet}>
          <span>{text(file.state === 'refused' || file.state === 'same' ? `folder.state.${file.state}` : `source.state.${file.state}`)}</span>
          {!isEmpty && ` · ${text('folder.rows', { count: file.rows, rows: format.count(file.rows), fresh: format.count(file.new) })}`} · {format.bytes(file.bytes)} · <Age time={file.at} />
        </span>
        {file.reason != null && <span className={style.bad}>{file.reason}</span>}
      </span>
      {file.faulty > 0 && file.import != null && (
        <a className={style.link} href={errorsAddress(ws, file.import)} download>
          {text('source.errors')}
        </a>
      )}
      {mayRetry && isRetried(file.state) && (
        <Button size="s" aria-label={text('folder.retryOf', { name: file.name })} aria-busy={retry.isPending} onClick={() => retry.mutate()}>
          {text('folder.retry')}
        </Button>
      )}
    </li>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeStatement, deleteStatement, type KeptStatement, statementsQuery } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { IconButton } from '../ui/button.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Menu } from '../ui/menu.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './sql.module.css'

type SqlSavedProps = {
  /** What stands in the editor now. */
  readonly sql: string
  readonly onWrite: (sql: string) => void
}

/** The statements that somebody of the workspace has kept. */
export function SqlSaved({ sql, onWrite }: SqlSavedProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const kept = useQuery(statementsQuery(ws))
  const [renamed, setRenamed] = useState<KeptStatement | null>(null)
  if (kept.error !== null) return <Failed small error={kept.error} onRetry={() => void kept.refetch()} />
  if (kept.data === undefined) return <Loading rows={4} />
  if (kept.data.statements.length === 0) return <p className={style.quiet}>{text('sql.noSaved')}</p>
  return (
    <>
      <ul className={style.entries}>
        {kept.data.statements.map((it) => (
          <li key={it.id} className={style.kept}>
            <button type="button" className={style.entry} title={it.sql} onClick={() => onWrite(it.sql)}>
              <b>{it.title}</b>
              <span className={style.quiet}>
                {it.owner?.name ?? text('report.noOwner')} · <Age time={it.updated} />
              </span>
            </button>
            <SavedMenu kept={it} sql={sql} onRename={() => setRenamed(it)} />
          </li>
        ))}
      </ul>
      {renamed !== null && (
        <RenameDialog
          title={text('sql.rename')}
          name={renamed.title}
          onClose={() => setRenamed(null)}
          onRename={(title) => void changeStatement(ws, renamed.id, renamed.version, { title, sql: renamed.sql }).catch(toastFailure)}
        />
      )}
    </>
  )
}

function SavedMenu({ kept, sql, onRename }: { readonly kept: KeptStatement; readonly sql: string; readonly onRename: () => void }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { id, title, version } = kept
  const replace = async () => {
    await changeStatement(ws, id, version, { title, sql })
    toast(text('report.saved', { title }))
  }
  const restore = async () => {
    await changeStatement(ws, id, 0, { title, sql: kept.sql })
    toast(text('report.restored', { title }))
  }
  const remove = async () => {
    await deleteStatement(ws, id)
    toast(text('report.deleted', { title }), { label: text('report.undo'), run: () => void restore().catch(toastFailure) })
  }
  const refused = sql.trim() === '' ? text('sql.writeFirst') : sql === kept.sql ? text('sql.isSame') : undefined
  return (
    <Menu
      label={text('report.menuOf', { title })}
      side="bottom-end"
      groups={[
        {
          items: [
            { key: 'replace', label: text('sql.replace'), icon: 'bookmark', refused, run: () => void replace().catch(toastFailure) },
            { key: 'rename', label: text('sql.rename'), icon: 'edit', run: onRename },
          ],
        },
        { items: [{ key: 'delete', label: text('report.delete'), icon: 'trash', danger: true, run: () => void remove().catch(toastFailure) }] },
      ]}
    >
      {(target) => <IconButton {...target} size="s" icon="more" label={text('report.menuOf', { title })} />}
    </Menu>
  )
}

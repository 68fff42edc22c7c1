import { useState } from 'react'
import { keepStatement } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'

/** Keeps a statement under a name, for everybody who may ask. */
export function SqlSave({ sql }: { readonly sql: string }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const save = async (title: string) => {
    await keepStatement(ws, { title, sql })
    toast(text('report.saved', { title }))
  }
  return (
    <>
      <Button size="s" icon="bookmark" refused={sql.trim() === '' ? text('sql.writeFirst') : undefined} onClick={() => setOpen(true)}>
        {text('report.save')}
      </Button>
      {isOpen && <RenameDialog title={text('sql.saveNew')} name="" onClose={() => setOpen(false)} onRename={(title) => void save(title).catch(toastFailure)} />}
    </>
  )
}

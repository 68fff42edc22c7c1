import { useBlocker } from '@tanstack/react-router'
import { useCallback } from 'react'
import { isRefusal } from '../lib/api-error.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { useShortcut } from '../ui/use-shortcut.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useEditor, useEditorState } from './editor.ts'
import style from './map.module.css'
import { useReload, useSave } from './use-map.ts'

/** Says what is not saved, and offers every way on from there. */
export function UnsavedBar({ id }: { readonly id: string }) {
  const text = useText()
  const editor = useEditor()
  const save = useSave(id, editor)
  const reload = useReload(id)
  const isDirty = useEditorState((state) => state.history.present !== state.saved)
  const canUndo = useEditorState((state) => state.history.past.length > 0)
  const canRedo = useEditorState((state) => state.history.future.length > 0)
  const undo = useCallback(() => editor.act({ kind: 'undo' }), [editor])
  const redo = useCallback(() => editor.act({ kind: 'redo' }), [editor])
  const keep = useCallback(() => {
    if (isDirty && !save.isPending) save.mutate(undefined, { onError: (error) => isRefusal(error, 'version.conflict') || toastFailure(error) })
  }, [isDirty, save])
  useShortcut('mod+z', undo)
  useShortcut('mod+shift+z', redo)
  useShortcut('mod+s', keep)
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  return (
    <>
      {(isDirty || canRedo) && (
        <div className={style.unsaved} role="region" aria-label={text('map.unsaved')}>
          <span role="status">{isDirty ? text('map.unsaved') : text('map.nothingUnsaved')}</span>
          <IconButton icon="undo" label={text('map.undo')} shortcut="mod+Z" refused={canUndo ? undefined : text('map.noUndo')} onClick={undo} />
          <IconButton icon="redo" label={text('map.redo')} shortcut="mod+Shift+Z" refused={canRedo ? undefined : text('map.noRedo')} onClick={redo} />
          {isDirty && (
            <>
              <Button look="quiet" onClick={() => editor.act({ kind: 'discard' })}>
                {text('map.discard')}
              </Button>
              <Button look="primary" aria-busy={save.isPending} aria-keyshortcuts="Control+S Meta+S" onClick={keep}>
                {text('map.save')}
              </Button>
            </>
          )}
        </div>
      )}
      {isRefusal(save.error, 'version.conflict') && (
        <Dialog
          title={text('map.conflict')}
          width={440}
          onClose={() => save.reset()}
          actions={
            <>
              <Button onClick={() => save.reset()}>{text('map.keepMine')}</Button>
              <Button look="danger" onClick={() => void reload().then(() => location.reload())}>
                {text('map.loadTheirs')}
              </Button>
            </>
          }
        >
          <p>{text('map.conflictNote')}</p>
        </Dialog>
      )}
      {leaving.status === 'blocked' && (
        <ConfirmDelete
          title={text('map.leaveTitle')}
          note={text('map.leaveNote')}
          action={text('map.leave')}
          onConfirm={() => leaving.proceed()}
          onClose={() => leaving.reset()}
        />
      )}
    </>
  )
}

import type { ReactNode } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'

type DraftActionsProps = {
  readonly draft: { readonly canUndo: boolean; readonly isChanged: boolean; readonly undo: () => void; readonly discard: () => void }
  /** Why it cannot be saved now. */
  readonly refused: string | undefined
  readonly isSaving: boolean
  readonly onSave: () => void
  /** What else can be done, before saving. */
  readonly children?: ReactNode
}

/** The ways on from a draft that fills a page: a step back, all the way back, and saving. */
export function DraftActions({ draft, refused, isSaving, onSave, children }: DraftActionsProps) {
  const text = useText()
  return (
    <>
      <Button icon="undo" refused={draft.canUndo ? undefined : text('draft.nothingToUndo')} onClick={draft.undo}>
        {text('draft.undo')}
      </Button>
      {draft.isChanged && <Button onClick={draft.discard}>{text('draft.discard')}</Button>}
      {children}
      <Button look="primary" refused={refused} aria-busy={isSaving} onClick={onSave}>
        {text('settings.save')}
      </Button>
    </>
  )
}

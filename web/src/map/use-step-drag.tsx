import { type PointerEvent, type RefObject, useState } from 'react'
import { dropIndex } from '../canvas/drop.ts'
import type { Map } from '../api/map.ts'
import type { Edit } from './edit.ts'
import { useText } from '../i18n/use-text.ts'
import { announce } from '../ui/toast.tsx'
import { useEditor } from './editor.ts'
import style from './grid.module.css'
import { columnsOf } from './rows.ts'

type Drag = { readonly step: string; readonly index: number }

/** Which edit puts a step before the column `index` of the drawing as it is shown. */
export function moveTo(map: Map, step: string, index: number): Edit | null {
  const columns = columnsOf(map)
  const from = columns.findIndex((it) => it.key === step)
  if (from === -1 || index === from || index === from + 1) return null
  // Dropped before a step it joins that step's stage; dropped last it joins the last stage.
  const next = columns[index]
  const stage = next?.stage ?? map.stages.at(-1)
  if (stage === undefined) return null
  const rest = stage.steps.filter((it) => it.id !== step)
  const at = next === undefined ? rest.length : Math.max(0, rest.findIndex((it) => it === next.step))
  return { kind: 'move_step', step, stage: stage.id, index: at }
}

/** Moves a step by one place; at the edge of its stage it goes into the neighboring one. */
export function stepBy(map: Map, step: string, by: 1 | -1): Edit | null {
  const at = map.stages.findIndex((it) => it.steps.some((inner) => inner.id === step))
  const stage = map.stages[at]
  if (stage === undefined) return null
  const index = stage.steps.findIndex((it) => it.id === step) + by
  if (index >= 0 && index < stage.steps.length) return { kind: 'move_step', step, stage: stage.id, index }
  const neighbor = map.stages[at + by]
  if (neighbor === undefined) return null
  return { kind: 'move_step', step, stage: neighbor.id, index: by === 1 ? 0 : neighbor.steps.length }
}

/** Where a moved step stands now, in words. */
function placeOf(map: Map, edit: Edit): { readonly step: string; readonly stage: string; readonly place: number } {
  if (edit.kind !== 'move_step') return { step: '', stage: '', place: 0 }
  const stage = map.stages.find((it) => it.id === edit.stage)
  const at = stage?.steps.findIndex((it) => it.id === edit.step) ?? -1
  return { step: stage?.steps[at]?.title ?? '', stage: stage?.title ?? '', place: at + 1 }
}

export type StepDrag = {
  readonly drag: Drag | null
  readonly start: (step: string, event: PointerEvent<HTMLElement>) => void
  /** Moves by keyboard or menu; false where there is no way on. */
  readonly moveBy: (step: string, by: 1 | -1) => boolean
}

/** Moves steps by pointer and by keyboard. */
export function useStepDrag(grid: RefObject<HTMLElement | null>): StepDrag {
  const editor = useEditor()
  const text = useText()
  const [drag, setDrag] = useState<Drag | null>(null)
  const commit = (edit: Edit) => {
    editor.act({ kind: 'edit', edit })
    announce(text('map.movedTo', placeOf(editor.store.get().history.present, edit)))
  }

  const start = (step: string, event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.preventDefault()
    const handle = event.currentTarget
    handle.setPointerCapture(event.pointerId)
    const heads = () =>
      [...(grid.current?.querySelectorAll('[data-row="0"]') ?? [])].map((it) => {
        const { left, width } = it.getBoundingClientRect()
        return { left, width }
      })
    let index = -1
    const move = (moved: globalThis.PointerEvent) => {
      index = dropIndex(moved.clientX, heads())
      setDrag({ step, index })
    }
    const end = (ended: globalThis.PointerEvent) => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('pointerup', end)
      handle.removeEventListener('pointercancel', end)
      setDrag(null)
      if (ended.type !== 'pointerup' || index === -1) return
      const edit = moveTo(editor.store.get().history.present, step, index)
      if (edit !== null) commit(edit)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', end)
    handle.addEventListener('pointercancel', end)
  }

  const moveBy = (step: string, by: 1 | -1) => {
    const { history, canEdit } = editor.store.get()
    const edit = canEdit ? stepBy(history.present, step, by) : null
    if (edit !== null) commit(edit)
    return edit !== null
  }

  return { drag, start, moveBy }
}

/** Where a dragged step would fall. */
export function DropMarker({ drag: { drag }, label, column }: { readonly drag: StepDrag; readonly label: number; readonly column: number }) {
  if (drag === null || drag.index === -1) return null
  return <div className={style.marker} style={{ left: label + drag.index * column - 1 }} />
}

import { createContext, useContext } from 'react'
import type { Map, MapNumbers, StepNumbers } from '../api/map.ts'
import { commit, type History, redo, startHistory, undo } from '../canvas/history.ts'
import type { Cell } from '../canvas/grid-keys.ts'
import { type Store, useSelected } from '../lib/store.ts'
import { type Edit, edit } from './edit.ts'
import { type Heat, heatBounds } from './heat.ts'

/** Everything that a map page draws. Cells watch only their part of it. */
export type EditorState = {
  readonly history: History<Map>
  /** As it is stored, to tell what is not saved. */
  readonly saved: Map
  readonly version: number
  readonly numbers: MapNumbers | null
  readonly steps: Readonly<Record<string, StepNumbers>>
  readonly heat: Heat
  readonly heatBounds: readonly number[]
  /** The cell that the keyboard is on. */
  readonly at: Cell
  /** The cell that is being written. */
  readonly writing: Cell | null
  readonly canEdit: boolean
}

export function startEditor(map: Map, version: number, canEdit: boolean): EditorState {
  return {
    history: startHistory(map),
    saved: map,
    version,
    numbers: null,
    steps: {},
    heat: 'none',
    heatBounds: [],
    at: { row: 0, column: 0 },
    writing: null,
    canEdit,
  }
}

export type EditorAction =
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'discard' }
  | { readonly kind: 'saved'; readonly map: Map; readonly version: number }
  /** Somebody else's version came in. It is shown unless there is something to lose. */
  | { readonly kind: 'loaded'; readonly map: Map; readonly version: number }
  | { readonly kind: 'numbers'; readonly numbers: MapNumbers }
  | { readonly kind: 'heat'; readonly heat: Heat }
  | { readonly kind: 'go'; readonly at: Cell }
  | { readonly kind: 'write'; readonly at: Cell | null }

/** The state after an action. */
export function reduce(state: EditorState, action: EditorAction): EditorState {
  switch (action.kind) {
    case 'edit':
      return state.canEdit ? { ...state, history: commit(state.history, edit(state.history.present, action.edit)) } : state
    case 'undo':
      return { ...state, history: undo(state.history) }
    case 'redo':
      return { ...state, history: redo(state.history) }
    case 'discard':
      return { ...state, history: commit(state.history, state.saved) }
    case 'saved':
      return { ...state, saved: action.map, version: action.version }
    case 'loaded':
      return state.history.present !== state.saved || action.version <= state.version
        ? state
        : { ...state, history: startHistory(action.map), saved: action.map, version: action.version }
    case 'numbers':
      return {
        ...state,
        numbers: action.numbers,
        steps: Object.fromEntries(action.numbers.steps.map((it) => [it.step, it])),
        heatBounds: heatBounds(action.numbers, state.heat),
      }
    case 'heat':
      return { ...state, heat: action.heat, heatBounds: state.numbers === null ? [] : heatBounds(state.numbers, action.heat) }
    case 'go':
      return state.at.row === action.at.row && state.at.column === action.at.column ? state : { ...state, at: action.at }
    case 'write':
      return action.at !== null && !state.canEdit ? state : { ...state, writing: action.at }
  }
}

export type Editor = {
  readonly store: Store<EditorState>
  readonly act: (action: EditorAction) => void
}

export const EditorContext = createContext<Editor | null>(null)

export function useEditor(): Editor {
  const editor = useContext(EditorContext)
  if (editor === null) throw new Error('there is no map around this part')
  return editor
}

/** Watches a part of the map page. */
export function useEditorState<Part>(select: (state: EditorState) => Part): Part {
  return useSelected(useEditor().store, select)
}

/** The drawing as it stands, saved or not. */
export function useDrawing(): Map {
  return useEditorState((state) => state.history.present)
}

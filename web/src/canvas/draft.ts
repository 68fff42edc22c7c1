import { isSame } from '../lib/same.ts'
import { commit, type History, startHistory, undo } from './history.ts'

/** What the server keeps, with the version that it would be written over. */
export type Stored<Value> = { readonly version: number; readonly value: Value }

/** What somebody writes over what was stored when they began. */
export type Draft<Value> = { readonly base: Stored<Value>; readonly history: History<Value> }

export type Act<Value> =
  | { readonly kind: 'change'; readonly by: (now: Value) => Value }
  | { readonly kind: 'undo' }
  /** What was sent is stored now; what was written since is still to be sent. */
  | { readonly kind: 'saved'; readonly base: Stored<Value> }
  | { readonly kind: 'restart'; readonly stored: Stored<Value> }

export function startDraft<Value>(stored: Stored<Value>): Draft<Value> {
  return { base: stored, history: startHistory(stored.value) }
}

export function step<Value>(draft: Draft<Value>, act: Act<Value>): Draft<Value> {
  switch (act.kind) {
    case 'change':
      return { ...draft, history: commit(draft.history, act.by(draft.history.present)) }
    case 'undo':
      return { ...draft, history: undo(draft.history) }
    case 'saved':
      return { ...draft, base: act.base }
    case 'restart':
      return startDraft(act.stored)
  }
}

export function isChanged<Value>({ base, history }: Draft<Value>): boolean {
  return !isSame(history.present, base.value)
}

/** Whether others have written what nobody here has touched, so that it can be taken without loss. */
export function isBehind<Value>(draft: Draft<Value>, stored: Stored<Value>): boolean {
  return stored.version > draft.base.version && !isChanged(draft)
}

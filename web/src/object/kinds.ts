import type { Matcher } from '../api/model.ts'
import type { ObjectKind, ObjectState } from '../api/object.ts'
import { freeId, moved } from '../lib/list.ts'

type Promise = NonNullable<ObjectKind['promise']>

export type Edit =
  | { readonly kind: 'add'; readonly name: string }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'change'; readonly at: number; readonly change: Partial<Pick<ObjectKind, 'name' | 'keys' | 'belongs_to'>> }
  | { readonly kind: 'promise'; readonly at: number; readonly promise: Promise | null }
  | { readonly kind: 'addState'; readonly at: number; readonly name: string }
  | { readonly kind: 'state'; readonly at: number; readonly state: number; readonly change: { readonly name?: string; readonly entry?: Matcher; readonly ends?: boolean } }
  | { readonly kind: 'moveState'; readonly at: number; readonly state: number; readonly to: number }
  | { readonly kind: 'removeState'; readonly at: number; readonly state: number }

/** The kinds after an edit. */
export function edited(kinds: readonly ObjectKind[], edit: Edit): readonly ObjectKind[] {
  if (edit.kind === 'add') return [...kinds, { id: freeId(edit.name, kinds.map((it) => it.id)), name: edit.name, keys: [], states: [] }]
  if (edit.kind === 'remove') {
    const gone = kinds[edit.at]?.id
    return kinds.filter((_, index) => index !== edit.at).map((it) => ({ ...it, belongs_to: (it.belongs_to ?? []).filter((id) => id !== gone) }))
  }
  return kinds.map((kind, index) => (index === edit.at ? within(kind, edit) : kind))
}

function within(kind: ObjectKind, edit: Exclude<Edit, { readonly kind: 'add' | 'remove' }>): ObjectKind {
  switch (edit.kind) {
    case 'change':
      return { ...kind, ...edit.change }
    case 'promise':
      return { ...kind, promise: edit.promise }
    case 'addState':
      return { ...kind, states: [...kind.states, { id: freeId(edit.name, kind.states.map((it) => it.id)), name: edit.name, entry: {} }] }
    case 'state':
      return { ...kind, states: kind.states.map((it, index): ObjectState => (index === edit.state ? { ...it, ...edit.change } : it)) }
    case 'moveState':
      return { ...kind, states: moved(kind.states, edit.state, edit.to) }
    case 'removeState':
      return { ...kind, states: kind.states.filter((_, index) => index !== edit.state) }
  }
}

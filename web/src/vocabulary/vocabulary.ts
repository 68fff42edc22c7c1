import type { CapturedElement } from '../api/catalog.ts'
import type { Matcher } from '../api/model.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { freeId, moved } from '../lib/list.ts'

export type List = 'touchpoints' | 'stages' | 'channels' | 'signals'

/** Lists whose entries have names of their own. */
export type NamedList = Exclude<List, 'channels'>

/** One line of a list, whatever the list. */
export type Entry = { readonly key: string; readonly name: string; readonly matcher: Matcher }

export type Edit =
  | { readonly kind: 'rename'; readonly list: NamedList; readonly index: number; readonly name: string }
  | { readonly kind: 'match'; readonly list: List; readonly index: number; readonly matcher: Matcher }
  | { readonly kind: 'add'; readonly list: NamedList; readonly name: string }
  | { readonly kind: 'nameElement'; readonly name: string; readonly matcher: Matcher }
  | { readonly kind: 'addChannel'; readonly channel: NonNullable<Vocabulary['channels']>[number]['channel'] }
  | { readonly kind: 'remove'; readonly list: List; readonly index: number }
  | { readonly kind: 'move'; readonly list: List; readonly index: number; readonly to: number }

/** The vocabulary after an edit. Order counts: in each list the first rule that fits decides. */
export function edited(vocabulary: Vocabulary, edit: Edit): Vocabulary {
  switch (edit.kind) {
    case 'rename':
      switch (edit.list) {
        case 'touchpoints':
          return { ...vocabulary, touchpoints: change(vocabulary.touchpoints, edit.index, (it) => ({ ...it, name: edit.name })) }
        case 'stages':
          return { ...vocabulary, stages: change(vocabulary.stages, edit.index, (it) => ({ ...it, name: edit.name })) }
        case 'signals':
          return { ...vocabulary, signals: change(vocabulary.signals, edit.index, (it) => ({ ...it, name: edit.name })) }
      }
      break
    case 'match':
      switch (edit.list) {
        case 'touchpoints':
          return { ...vocabulary, touchpoints: change(vocabulary.touchpoints, edit.index, (it) => ({ ...it, matcher: edit.matcher })) }
        case 'stages':
          return { ...vocabulary, stages: change(vocabulary.stages, edit.index, (it) => ({ ...it, entry: edit.matcher })) }
        case 'channels':
          return { ...vocabulary, channels: change(vocabulary.channels, edit.index, (it) => ({ ...it, matcher: edit.matcher })) }
        case 'signals':
          return { ...vocabulary, signals: change(vocabulary.signals, edit.index, (it) => ({ ...it, matcher: edit.matcher })) }
      }
      break
    case 'add': {
      const id = freeId(edit.name, (vocabulary[edit.list] ?? []).map((it) => it.id))
      switch (edit.list) {
        case 'touchpoints':
          return { ...vocabulary, touchpoints: [...(vocabulary.touchpoints ?? []), { id, name: edit.name, matcher: {} }] }
        case 'stages':
          return { ...vocabulary, stages: [...(vocabulary.stages ?? []), { id, name: edit.name, entry: {} }] }
        case 'signals':
          return { ...vocabulary, signals: [...(vocabulary.signals ?? []), { id, name: edit.name, matcher: {} }] }
      }
      break
    }
    case 'nameElement': {
      const id = freeId(edit.name, (vocabulary.touchpoints ?? []).map((it) => it.id))
      // Before all others, as a rule for whole pages or every click would decide first.
      return { ...vocabulary, touchpoints: [{ id, name: edit.name, matcher: edit.matcher }, ...(vocabulary.touchpoints ?? [])] }
    }
    case 'addChannel':
      return { ...vocabulary, channels: [...(vocabulary.channels ?? []), { channel: edit.channel, matcher: {} }] }
    case 'remove':
      return { ...vocabulary, [edit.list]: (vocabulary[edit.list] ?? []).filter((_, index) => index !== edit.index) }
    case 'move':
      return { ...vocabulary, [edit.list]: moved<unknown>(vocabulary[edit.list] ?? [], edit.index, edit.to) }
  }
  return vocabulary
}

/** The lines of a list. */
export function entriesOf(vocabulary: Vocabulary, list: List): Entry[] {
  switch (list) {
    case 'signals':
      return (vocabulary.signals ?? []).map((it) => ({ key: it.id, name: it.name, matcher: it.matcher }))
    case 'touchpoints':
      return (vocabulary.touchpoints ?? []).map((it) => ({ key: it.id, name: it.name, matcher: it.matcher }))
    case 'stages':
      return (vocabulary.stages ?? []).map((it) => ({ key: it.id, name: it.name, matcher: it.entry }))
    case 'channels':
      return (vocabulary.channels ?? []).map((it, index) => ({ key: `${index} ${it.channel}`, name: it.channel, matcher: it.matcher }))
  }
}

/** Which events are those of an element: on every page that it is on, or on one. */
export function elementMatcher(element: Pick<CapturedElement, 'event' | 'selector'>, path: string | null): Matcher {
  const where = (field: string, value: string) => ({ where: { field, test: { is: [value] } } })
  const selector = where('properties.element.selector', element.selector)
  return { events: [element.event], rule: path === null ? selector : { all: [selector, where('properties.path', path)] } }
}

function change<Item>(list: readonly Item[] | undefined, at: number, how: (item: Item) => Item): Item[] {
  return (list ?? []).map((item, index) => (index === at ? how(item) : item))
}

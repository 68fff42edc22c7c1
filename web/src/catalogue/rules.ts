import type { NameRule } from '../api/catalogue.ts'
import { never } from '../lib/never.ts'

export type Rules = readonly NameRule[]
type Rename = Extract<NameRule, { kind: 'rename' }>

/**
 * Adds a rule to others so that they stay sound: a name is renamed once, and what was said of
 * a name before is said of the name that it is shown as. `isSeen` knows the names of events that are there.
 */
export function withRule(rules: Rules, rule: NameRule, isSeen: (name: string) => boolean): Rules {
  switch (rule.kind) {
    case 'rename':
      return withRename(rules, rule, isSeen)
    case 'hide':
    case 'block':
      return [...rules.filter((it) => !(it.kind === rule.kind && it.event === rule.event)), rule]
    case 'property':
      return [...rules.filter((it) => !(it.kind === 'property' && it.from === rule.from)), rule]
    case 'type':
      return [...rules.filter((it) => !(it.kind === 'type' && it.property === rule.property)), rule]
    default:
      return never(rule)
  }
}

export function withoutRule(rules: Rules, index: number): Rules {
  return rules.filter((_, at) => at !== index)
}

/** Whether something is said of an event, and without it. */
export function without(rules: Rules, kind: 'hide' | 'block', event: string): Rules {
  return rules.filter((it) => !(it.kind === kind && it.event === event))
}

/** A rule that shows an event under another name; none where it is sent under that name alone. */
export function renamed(sent: readonly string[], to: string): Rename {
  return { kind: 'rename', from: sent.filter((it) => it !== to), to }
}

function withRename(rules: Rules, rule: Rename, isSeen: (name: string) => boolean): Rules {
  const before = rules.filter((it) => it.kind === 'rename')
  // What was shown under a name that is renamed now goes with it.
  const brought = before.filter((it) => rule.from.includes(it.to)).flatMap((it) => it.from)
  const from = [...new Set([...rule.from, ...brought])].filter((it) => it !== rule.to)
  const moved = (name: string) => (from.includes(name) ? rule.to : name)
  // Events that anybody sees are not to vanish because hidden or blocked ones join them.
  const joined = [rule.to, ...rule.from].filter(isSeen)
  const isOfAll = (kind: 'hide' | 'block') => joined.every((name) => rules.some((it) => it.kind === kind && it.event === name))
  const others = rules.flatMap((it): NameRule[] => {
    switch (it.kind) {
      case 'rename': {
        const left = it.from.filter((name) => !from.includes(name) && name !== rule.to)
        return left.length === 0 || it.to === rule.to ? [] : [{ ...it, from: left }]
      }
      case 'hide':
      case 'block':
        return it.event === moved(it.event) || isOfAll(it.kind) ? [{ ...it, event: moved(it.event) }] : []
      case 'property':
      case 'type':
        return it.events === undefined ? [it] : [{ ...it, events: [...new Set(it.events.map(moved))] }]
      default:
        return never(it)
    }
  })
  const same = before.filter((it) => it.to === rule.to).flatMap((it) => it.from)
  const all = [...new Set([...same, ...from])].filter((it) => it !== rule.to)
  const once = others.filter((it, at) => others.findIndex((other) => JSON.stringify(other) === JSON.stringify(it)) === at)
  return all.length === 0 ? once : [...once, { kind: 'rename', from: all, to: rule.to }]
}

import { describe, expect, it } from 'vitest'
import type { NameRule } from '../api/catalogue.ts'
import { renamed, type Rules, without, withoutRule, withRule as add } from './rules.ts'

/** With the names of events that are there. */
const withRule = (rules: Rules, rule: NameRule, ...seen: readonly string[]) => add(rules, rule, (name) => seen.includes(name))
const rename = (from: string[], to: string): NameRule => ({ kind: 'rename', from, to })

describe('rules on names', () => {
  it('merge what is renamed to the same name', () => {
    expect(withRule([rename(['a'], 'c')], rename(['b'], 'c'))).toEqual([rename(['a', 'b'], 'c')])
  })

  it('take along what was shown under a name that is renamed', () => {
    const rules = [rename(['a'], 'b'), { kind: 'hide', event: 'b' }] satisfies NameRule[]
    expect(withRule(rules, rename(['b'], 'c'), 'b')).toEqual([{ kind: 'hide', event: 'c' }, rename(['b', 'a'], 'c')])
  })

  it('hide or block nothing that was seen when hidden or blocked events join it', () => {
    const rules = [{ kind: 'hide', event: 'a' }, { kind: 'block', event: 'b' }] satisfies NameRule[]
    expect(withRule(rules, rename(['a'], 'c'), 'a', 'c')).toEqual([{ kind: 'block', event: 'b' }, rename(['a'], 'c')])
    expect(withRule(rules, rename(['b'], 'c'), 'b', 'c')).toEqual([{ kind: 'hide', event: 'a' }, rename(['b'], 'c')])
    expect(withRule(rules, rename(['a', 'b'], 'new'), 'a', 'b')).toEqual([rename(['a', 'b'], 'new')])
    const all = [...rules, { kind: 'hide', event: 'c' }] satisfies NameRule[]
    expect(withRule(all, rename(['a'], 'c'), 'a', 'c')).toEqual([{ kind: 'hide', event: 'c' }, { kind: 'block', event: 'b' }, rename(['a'], 'c')])
  })

  it('move a name that was renamed before, and show one again that is renamed to', () => {
    expect(withRule([rename(['a', 'x'], 'b')], rename(['a'], 'c'))).toEqual([rename(['x'], 'b'), rename(['a'], 'c')])
    expect(withRule([rename(['a'], 'b')], rename(['b'], 'a'))).toEqual([rename(['b'], 'a')])
  })

  it('are said once and can be taken back', () => {
    const hide: NameRule = { kind: 'hide', event: 'a' }
    expect(withRule([hide], hide)).toEqual([hide])
    expect(without([hide, { kind: 'block', event: 'a' }], 'hide', 'a')).toEqual([{ kind: 'block', event: 'a' }])
    expect(withoutRule([hide, rename(['b'], 'c')], 0)).toEqual([rename(['b'], 'c')])
    expect(renamed(['a', 'b'], 'b')).toEqual(rename(['a'], 'b'))
  })
})

import type { Rule, Test, Value } from '../api/model.ts'
import { never } from '../lib/never.ts'

/** What can be asked of a field, in the order of the list. */
export const testKinds = [
  'is',
  'is_not',
  'contains',
  'lacks',
  'starts_with',
  'ends_with',
  'greater',
  'at_least',
  'less',
  'at_most',
  'exists',
  'missing',
] as const

export type TestKind = (typeof testKinds)[number]
export type Group = { readonly all: readonly Rule[] } | { readonly any: readonly Rule[] }
export type Condition = { readonly where: { readonly field: string; readonly test: Test } }

/** What the operand of a test looks like. */
export type Operand =
  | { readonly kind: 'none' }
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }

export function kindOf(test: Test): TestKind {
  return testKinds.find((it) => it in test) ?? 'exists'
}

export function operandOf(test: Test): Operand {
  if ('is' in test) return { kind: 'values', values: test.is.filter(isValue) }
  if ('is_not' in test) return { kind: 'values', values: test.is_not.filter(isValue) }
  if ('contains' in test) return { kind: 'text', text: test.contains }
  if ('lacks' in test) return { kind: 'text', text: test.lacks }
  if ('starts_with' in test) return { kind: 'text', text: test.starts_with }
  if ('ends_with' in test) return { kind: 'text', text: test.ends_with }
  if ('greater' in test) return { kind: 'number', number: test.greater }
  if ('at_least' in test) return { kind: 'number', number: test.at_least }
  if ('less' in test) return { kind: 'number', number: test.less }
  if ('at_most' in test) return { kind: 'number', number: test.at_most }
  return { kind: 'none' }
}

/** Whether something is a value that a field can hold. */
export function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** The test of a kind that keeps what it can of an operand. */
export function makeTest(kind: TestKind, operand: Operand): Test {
  switch (kind) {
    case 'is':
      return { is: valuesOf(operand) }
    case 'is_not':
      return { is_not: valuesOf(operand) }
    case 'contains':
      return { contains: textOf(operand) }
    case 'lacks':
      return { lacks: textOf(operand) }
    case 'starts_with':
      return { starts_with: textOf(operand) }
    case 'ends_with':
      return { ends_with: textOf(operand) }
    case 'greater':
      return { greater: numberOf(operand) }
    case 'at_least':
      return { at_least: numberOf(operand) }
    case 'less':
      return { less: numberOf(operand) }
    case 'at_most':
      return { at_most: numberOf(operand) }
    case 'exists':
      return { exists: {} }
    case 'missing':
      return { missing: {} }
    default:
      return never(kind)
  }
}

function valuesOf(operand: Operand): readonly Value[] {
  if (operand.kind === 'values') return operand.values
  if (operand.kind === 'text') return operand.text === '' ? [] : [operand.text]
  return operand.kind === 'number' ? [operand.number] : []
}

function textOf(operand: Operand): string {
  const first = valuesOf(operand)[0]
  return first === undefined ? '' : String(first)
}

function numberOf(operand: Operand): number {
  const number = Number(valuesOf(operand)[0] ?? 0)
  return Number.isFinite(number) ? number : 0
}

/** What a person typed as a value of a field: a number or a flag only where the field has such values. */
export function readValue(text: string, types: readonly ('text' | 'number' | 'flag')[]): Value {
  if (types.includes('flag') && !types.includes('text') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.includes('number') && !types.includes('text') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  return text
}

/** A rule as the group that an editor shows: one condition becomes a group of one. */
export function asGroup(rule: Rule | null | undefined): Group {
  if (rule === null || rule === undefined) return { all: [] }
  return 'all' in rule || 'any' in rule ? rule : { all: [rule] }
}

export function rulesOf(group: Group): readonly Rule[] {
  return 'all' in group ? group.all : group.any
}

export function withRules(group: Group, rules: readonly Rule[]): Group {
  return 'all' in group ? { all: rules } : { any: rules }
}

/** The group without what is empty; `null` when nothing is asked any more. */
export function prune(group: Group): Rule | null {
  const rules = rulesOf(group)
  return rules.length === 0 ? null : rules.length === 1 ? (rules[0] ?? null) : group
}

/** How many conditions a rule has. */
export function countConditions(rule: Rule | null | undefined): number {
  if (rule === null || rule === undefined) return 0
  if ('all' in rule) return rule.all.reduce((sum, it) => sum + countConditions(it), 0)
  if ('any' in rule) return rule.any.reduce((sum, it) => sum + countConditions(it), 0)
  return 'not' in rule ? countConditions(rule.not) : 1
}

import type { Rule } from '../api/model.ts'
import type { Text } from '../i18n/use-text.ts'
import { fieldName } from './field-name.ts'
import { kindOf, operandOf } from './rule.ts'

/** A rule as one line of words. */
export function ruleWords(rule: Rule, text: Text): string {
  if ('all' in rule) return rule.all.map((it) => grouped(it, text)).join(` ${text('filter.and')} `)
  if ('any' in rule) return rule.any.map((it) => grouped(it, text)).join(` ${text('filter.or')} `)
  if ('not' in rule) return `${text('filter.holdsNot')} (${ruleWords(rule.not, text)})`
  // A condition of a kind that has no words here is told as it is.
  if (!('where' in rule)) return JSON.stringify(rule)
  const { field, test } = rule.where
  const operand = operandOf(test)
  const value = operand.kind === 'values' ? operand.values.map(String).join(text('list.and')) : operand.kind === 'text' ? operand.text : operand.kind === 'number' ? String(operand.number) : ''
  return `${fieldName(field, text)} ${text(`filter.tests.${kindOf(test)}`)} ${value}`.trim()
}

function grouped(rule: Rule, text: Text): string {
  const words = ruleWords(rule, text)
  return 'all' in rule || 'any' in rule ? `(${words})` : words
}

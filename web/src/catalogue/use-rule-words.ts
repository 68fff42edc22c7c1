import type { NameRule } from '../api/catalogue.ts'
import { useText } from '../i18n/use-text.ts'
import { never } from '../lib/never.ts'

/** Says in a sentence what a rule does. */
export function useRuleWords(): (rule: NameRule) => string {
  const text = useText()
  const within = (events: readonly string[] | undefined) =>
    events === undefined || events.length === 0 ? text('catalogue.rule.everywhere') : text('catalogue.rule.within', { names: events.join(', ') })
  return (rule) => {
    switch (rule.kind) {
      case 'rename':
        return text('catalogue.rule.rename', { from: rule.from.join(', '), to: rule.to })
      case 'hide':
        return text('catalogue.rule.hide', { name: rule.event })
      case 'block':
        return text('catalogue.rule.block', { name: rule.event })
      case 'property':
        return text('catalogue.rule.property', { from: rule.from, to: rule.to, where: within(rule.events) })
      case 'type':
        return text('catalogue.rule.type', { name: rule.property, type: text(`catalogue.type.${rule.to}`), where: within(rule.events) })
      default:
        return never(rule)
    }
  }
}

import type { Rule } from '../api/model.ts'
import { isSame } from '../lib/same.ts'
import { prune } from '../ui/rule.ts'

/** Holds for events of no browser that says it is a program. */
export const noBots: Rule = { where: { field: 'context.bot', test: { missing: {} } } }

/** Whether a rule asks for that of every event. */
export function leavesBotsOut(rule: Rule | null | undefined): boolean {
  if (rule === null || rule === undefined) return false
  return isSame(rule, noBots) || ('all' in rule && rule.all.some(leavesBotsOut))
}

/** The rule with the condition, when it is not there. */
export function withoutBots(rule: Rule | null | undefined): Rule {
  if (rule === null || rule === undefined || ('all' in rule && rule.all.length === 0)) return noBots
  if (leavesBotsOut(rule)) return rule
  return { all: 'all' in rule ? [...rule.all, noBots] : [rule, noBots] }
}

/** The rule without the condition; `null` when it asked nothing else. */
export function withBots(rule: Rule | null | undefined): Rule | null {
  if (rule === null || rule === undefined || isSame(rule, noBots)) return null
  if (!('all' in rule) || !leavesBotsOut(rule)) return rule
  return prune({ all: rule.all.flatMap((it) => withBots(it) ?? []) })
}

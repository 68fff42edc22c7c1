/** Whether anything may be stored or sent. */
export type Permission = 'granted' | 'denied' | 'open'

/** What a visitor has decided: all, nothing, or by category. */
export type Choice = boolean | { readonly [category: string]: boolean }

export type ConsentRule = {
  /** `required` waits for a decision; `assumed` collects until somebody objects. */
  readonly mode: 'assumed' | 'required'
  /** What becomes of calls before a decision: they wait in memory, or are forgotten. */
  readonly before: 'hold' | 'drop'
  /** The category that collecting belongs to. */
  readonly category: string
  /** Whether the browser's Global Privacy Control counts as an objection. */
  readonly honorsGpc: boolean
}

/** What holds. A decision on this site counts more than the browser's general one. */
export function permission(rule: ConsentRule, choice: Choice | undefined, hasGpc: boolean): Permission {
  if (typeof choice === 'boolean') return choice ? 'granted' : 'denied'
  if (choice !== undefined) return choice[rule.category] === true ? 'granted' : 'denied'
  if (rule.honorsGpc && hasGpc) return 'denied'
  return rule.mode === 'assumed' ? 'granted' : 'open'
}

/** What events say of the decision. */
export function preferences(choice: Choice | undefined, category: string): { readonly [category: string]: boolean } | undefined {
  if (choice === undefined) return undefined
  return typeof choice === 'boolean' ? { [category]: choice } : choice
}

/** A decision as it was stored; none when it is something else. */
export function readChoice(value: unknown): Choice | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return undefined
  return Object.fromEntries(Object.entries(value).map(([category, allowed]) => [category, allowed === true]))
}

import type { IdentifierKind, IdentityPolicy, TypeRule } from '../api/identity.ts'

/** The policy with one rule changed. */
export function withRule(policy: IdentityPolicy, kind: IdentifierKind, change: Partial<TypeRule>): IdentityPolicy {
  return { ...policy, types: policy.types.map((rule) => (rule.kind === kind ? { ...rule, ...change } : rule)) }
}

/** The policy with a type one place stronger or weaker; the user id stays the strongest. */
export function moved(policy: IdentityPolicy, kind: IdentifierKind, step: -1 | 1): IdentityPolicy {
  const from = policy.types.findIndex((rule) => rule.kind === kind)
  const to = from + step
  const rule = policy.types[from]
  const other = policy.types[to]
  if (rule === undefined || other === undefined || from === 0 || to === 0) return policy
  const types = [...policy.types]
  types[from] = other
  types[to] = rule
  return { ...policy, types }
}

/** What several people may sign in on. */
export const sharedKinds: readonly IdentifierKind[] = ['anonymous', 'device']

/** Shorter gaps cannot be told. */
export const SHARED_GAP_MIN = 10

/** A limit as it was typed: none when the field is empty, undefined when it is no limit. */
export function limitOf(typed: string, min = 1): number | null | undefined {
  const bare = typed.trim()
  if (bare === '') return null
  const limit = Number(bare)
  return Number.isInteger(limit) && limit >= min && limit <= 1_000_000 ? limit : undefined
}

/** The policy with all that may be left out said, so that two that mean the same are the same. */
export function plain(policy: IdentityPolicy): IdentityPolicy {
  const types = policy.types.map((rule) => ({
    ...rule,
    owners_max: rule.owners_max ?? null,
    around_max: rule.around_max ?? null,
    shared: rule.shared == null ? null : { gap_minutes_max: rule.shared.gap_minutes_max ?? null, before_minutes_max: rule.shared.before_minutes_max ?? null },
  }))
  return { country: policy.country ?? null, types, traits: policy.traits ?? [] }
}

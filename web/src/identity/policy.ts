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

/** A limit as it was typed: none when the field is empty, undefined when it is no limit. */
export function limitOf(typed: string): number | null | undefined {
  const bare = typed.trim()
  if (bare === '') return null
  const limit = Number(bare)
  return Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000 ? limit : undefined
}

/** True when the two say the same, whatever is left out in them. */
export function isSame(a: IdentityPolicy, b: IdentityPolicy): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b))
}

function plain(policy: IdentityPolicy) {
  const types = policy.types.map((rule) => [rule.kind, rule.joins, rule.owners_max ?? null, rule.around_max ?? null])
  const traits = (policy.traits ?? []).map((rule) => [rule.name, rule.keep.kind, rule.keep.kind === 'sources' ? rule.keep.order : []])
  return [policy.country ?? null, types, traits]
}

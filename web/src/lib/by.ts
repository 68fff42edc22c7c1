/** What lines are told apart by: a field of events, a trait of people, or one of their accounts. */
export type By = { readonly kind: 'field'; readonly field: string } | { readonly kind: 'trait'; readonly name: string } | { readonly kind: 'account'; readonly type: string; readonly name: string }

/** As reports write a trait of people. */
export const traitPath = (name: string) => `traits.${name}`

/** As reports write a trait of accounts; a dot in the type is no end of it. */
export const accountPath = (type: string, name: string) => `accounts.${type.replace(/[\\.]/g, '\\$&')}.${name}`

/** Reads what lines are told apart by; what is no trait is a field. */
export function readBy(path: string): By {
  if (path.startsWith('traits.')) return { kind: 'trait', name: path.slice('traits.'.length) }
  const [, type, name] = /^accounts\.((?:[^\\.]|\\[\\.])+)\.(.+)$/su.exec(path) ?? []
  if (type === undefined || name === undefined) return { kind: 'field', field: path }
  return { kind: 'account', type: type.replace(/\\([\\.])/g, '$1'), name }
}

/** One value of a nested object with the way to it. */
export type Leaf = { readonly path: string; readonly text: string; readonly kind: 'text' | 'number' | 'flag' | 'nothing' }

/** More lines than this cannot be read anyway; the count of the rest is told. */
export const LEAVES_MAX = 300

/** The values of an object as lines of text, in its own order, like `items.0.name`. */
export function flatten(value: unknown, path = ''): readonly Leaf[] {
  const leaves: Leaf[] = []
  visit(value, path, leaves)
  return leaves
}

function visit(value: unknown, path: string, leaves: Leaf[]): void {
  if (value === null || value === undefined) leaves.push({ path, text: '', kind: 'nothing' })
  else if (typeof value === 'string') leaves.push({ path, text: value, kind: 'text' })
  else if (typeof value === 'number' || typeof value === 'bigint') leaves.push({ path, text: String(value), kind: 'number' })
  else if (typeof value === 'boolean') leaves.push({ path, text: String(value), kind: 'flag' })
  else if (typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, leaves)
  }
}

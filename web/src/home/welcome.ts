/** The id of a new workspace from its name: 1 to 40 of a-z, 0-9 and `-`, beginning with a letter. */
export function workspaceIdOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  if (/^[a-z]/.test(plain)) return plain
  if (plain !== '') return `w-${plain}`.slice(0, 40)
  // A name without a Latin letter still needs an id; the same name gives the same one.
  let hash = 7
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_679_616
  return `workspace-${hash.toString(36)}`
}

/** Readers for values whose shape is not known yet, such as what stands in a URL. */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a member, when it is one and not empty. */
export function textOf(search: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = search[name]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The member, when it is a whole number that can count something. */
export function countOf(search: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = search[name]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** The member, when it is one of these words. */
export function oneOf<Word extends string>(
  search: Readonly<Record<string, unknown>>,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name])
}

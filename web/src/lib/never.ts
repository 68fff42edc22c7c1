/** Closes a union: the compiler refuses the call while a case is missing. */
export function never(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}

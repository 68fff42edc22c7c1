import { HELD_CALLS_MAX } from './limits.ts'

export type Call = readonly [name: string, ...args: unknown[]]

/** What has to hold for all that is told later, however much was told before. */
const DECISIONS: readonly string[] = ['consent', 'reset']

/** Calls that wait for `init`, with one more. Beyond the limit the oldest goes that decides nothing. */
export function hold(calls: readonly Call[], call: Call): readonly Call[] {
  const all = [...calls, call]
  if (all.length <= HELD_CALLS_MAX) return all
  const oldest = Math.max(0, all.findIndex(([name]) => !DECISIONS.includes(name)))
  return all.filter((_, index) => index !== oldest)
}

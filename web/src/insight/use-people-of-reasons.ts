import type { Reasons, ReasonsSelect } from '../api/reasons.ts'
import type { PeopleTarget } from '../ui/people.ts'

/** Names the people behind a number of reasons. */
export function usePeopleOfReasons(reasons: Reasons): (title: string, select: ReasonsSelect) => PeopleTarget {
  const of = { report: { kind: 'reasons' as const, ...reasons } }
  return (title, select) => ({ of, title, select: { kind: 'reasons', of: select } })
}

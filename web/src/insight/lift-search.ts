import type { Lift } from '../api/lift.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The report stands in the URL, so that a link shows the same. */
export type LiftSearch = { readonly ask?: Lift }

export function readLiftSearch(search: Record<string, unknown>): LiftSearch {
  const ask = search['ask']
  return isLift(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isLift(value: unknown): value is Lift {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const { assigned, goal, arms, cost } = value
  return isRecord(assigned) && isRecord(goal) && isArms(arms) && (cost == null || isCost(cost))
}

function isArms(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { field, trait, people } = value
  if (isRecord(field)) return typeof field['field'] === 'string'
  if (isRecord(trait)) return typeof trait['name'] === 'string'
  return isRecord(people) && isRecord(people['treated'])
}

function isCost(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { each, campaigns } = value
  return Array.isArray(campaigns) || (isRecord(each) && typeof each['amount'] === 'string')
}

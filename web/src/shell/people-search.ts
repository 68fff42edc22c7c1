import type { PeopleOf } from '../api/people.ts'
import { isPeopleRule } from '../ui/people-rule.ts'
import { countOf, isRecord, textOf } from '../lib/read.ts'
import type { PeopleTarget } from '../ui/people.ts'

/** What of a people list can stand in a URL: a stored map, a report or a rule, never an unsaved draft. */
export type SharedPeople = PeopleTarget & { readonly of: Exclude<PeopleOf, { readonly draft: unknown }> }

export function isShared(target: PeopleTarget): target is SharedPeople {
  return !('draft' in target.of)
}

/** Reads the people list out of a URL. The server checks what is asked; here only the shape counts. */
export function readPeople(search: Readonly<Record<string, unknown>>): SharedPeople | undefined {
  const people = search['people']
  if (!isRecord(people) || !isRecord(people['of'])) return undefined
  const title = textOf(people, 'title') ?? ''
  const map = textOf(people['of'], 'map')
  if (map !== undefined) return { of: { map }, select: people['select'], title }
  const { report, rule } = people['of']
  const asked = textOf(people, 'asked')
  const asOf = countOf(people, 'asOf')
  const when = { ...(asked === undefined ? {} : { asked }), ...(asOf === undefined ? {} : { asOf }) }
  if (isPeopleRule(rule)) return { of: { rule }, select: undefined, title, ...when }
  return isReport(report) ? { of: { report }, select: people['select'], title, ...when } : undefined
}

type Report = Extract<PeopleOf, { readonly report: unknown }>['report']

function isReport(value: unknown): value is Report {
  return isRecord(value) && typeof value['kind'] === 'string'
}

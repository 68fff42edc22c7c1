import type { LastTouch, Touch, TouchStanding } from '../api/last-touch.ts'

/** What last acts are told under: what loses people first, then what keeps them, then what says nothing. */
export const touchGroups = [
  { key: 'loses', standings: ['loses'] },
  { key: 'keeps', standings: ['keeps'] },
  { key: 'unsure', standings: ['unsure'] },
  { key: 'structural', standings: ['at_the_end'] },
  { key: 'few', standings: ['few'] },
] as const satisfies readonly { readonly key: string; readonly standings: readonly TouchStanding[] }[]

export type TouchGroup = (typeof touchGroups)[number]['key']

export function touchesIn(touches: readonly Touch[], group: TouchGroup): readonly Touch[] {
  const standings: readonly TouchStanding[] = touchGroups.find((it) => it.key === group)?.standings ?? []
  return touches.filter((it) => standings.includes(it.standing))
}

/** What is offered to tell last acts apart by, besides properties. */
export const touchFields = ['event', 'touchpoint', 'channel'] as const

export function usualLeaving(zone: string): LastTouch {
  return { range: { last: '90d', zone } }
}

import type { Driver, Drivers, Standing } from '../api/drivers.ts'
import type { Funnel } from '../api/funnel.ts'

/** The question about a funnel: what would know the outcome is taken off it. */
export function driversOf({ range, steps, window, ties, reuse, hold, filter, people }: Funnel): Drivers {
  return {
    funnel: {
      range,
      steps,
      entry: 'first',
      window: window === undefined || window === 'unlimited' ? { whole: '7d' } : window,
      ...(ties === undefined ? {} : { ties }),
      ...(reuse === undefined ? {} : { reuse }),
      ...(hold === undefined ? {} : { hold }),
      ...(filter == null ? {} : { filter }),
      ...(people == null ? {} : { people }),
    },
    fields: ['event'],
    entry_fields: ['channel'],
  }
}

/** What candidates are told under: what helps and hinders first, then what may be chance, then what was not tested. */
export const driverGroups = [
  { key: 'found', standings: ['helps', 'hinders'] },
  { key: 'unsure', standings: ['unsure'] },
  { key: 'structural', standings: ['on_the_way', 'at_the_end'] },
  { key: 'few', standings: ['few'] },
] as const satisfies readonly { readonly key: string; readonly standings: readonly Standing[] }[]

export type DriverGroup = (typeof driverGroups)[number]['key']

export function inGroup(drivers: readonly Driver[], group: DriverGroup): readonly Driver[] {
  const standings: readonly Standing[] = driverGroups.find((it) => it.key === group)?.standings ?? []
  return drivers.filter((it) => standings.includes(it.standing))
}

/** The largest difference or bound of one, which the bars of all are drawn against. */
export function reachOf(drivers: readonly Driver[]): number {
  return Math.max(0.02, ...drivers.flatMap(({ compared: it }) => (it == null ? [] : [it.difference, it.interval?.low ?? 0, it.interval?.high ?? 0].map(Math.abs))))
}

/** A field more or less. */
export function toggled(fields: readonly string[] | undefined, field: string): readonly string[] {
  const now = fields ?? []
  return now.includes(field) ? now.filter((it) => it !== field) : [...now, field]
}

/** It can be asked with two named steps and a field to look at. */
export function canAskDrivers({ funnel, fields = ['event'], entry_fields = [] }: Drivers): boolean {
  return funnel.steps.length > 1 && funnel.steps.every((it) => it.name.trim() !== '') && fields.length + entry_fields.length > 0
}

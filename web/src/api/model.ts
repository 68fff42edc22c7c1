import type { components } from './schema.ts'

/** The words of the model, as they travel. */
export type Channel = components['schemas']['Channel']
export type Matcher = components['schemas']['Matcher']
export type NamedMatcher = components['schemas']['NamedMatcher']
export type Rule = components['schemas']['Rule']
export type Test = components['schemas']['Test']
/** A scalar that a field can hold. */
export type Value = boolean | number | string
/** Days without the zone that they are days of. */
export type RangeDays = components['schemas']['Days']
export type Range = components['schemas']['Range']
export type Report = components['schemas']['Report']
/** A condition on one profile. */
export type PeopleRule = components['schemas']['PeopleRule']
/** How often something was done. */
export type Times = components['schemas']['Times']

/** Every channel, in the order of its code. */
export const channels = [
  'other',
  'web',
  'app',
  'email',
  'sms',
  'push',
  'whatsapp',
  'ads',
  'social',
  'store',
  'call',
  'chat',
  'delivery',
  'service',
  'review',
] as const satisfies readonly Channel[]

/** The type of accounts that a report counts in place of people. */
export function accountsOf(report: Report): string | null {
  return ('accounts' in report ? report.accounts : null) ?? null
}

import type { PeriodUnit } from '../api/retention.ts'
import { useFormat } from '../i18n/use-format.ts'

/** Names a period by its first instant: hours with their clock, all others with their first day. */
export function usePeriodName(unit: PeriodUnit): (from: string) => string {
  const format = useFormat()
  return (from) => (unit === 'hour' ? format.moment(from) : format.date(format.dayOf(from)))
}

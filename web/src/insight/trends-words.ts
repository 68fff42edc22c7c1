import type { TrendLine, Trends } from '../api/trends.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useLabelText } from './use-label-text.ts'
import { usePeriodName } from './use-period-name.ts'

/** What a line is called: its series, and its value where there is a breakdown. */
export function useTrendName(trends: Trends): (line: Pick<TrendLine, 'name' | 'label'>) => string {
  const label = useLabelText(trends.breakdown ?? '')
  const isOnly = trends.series.length + (trends.formulas ?? []).length === 1
  return ({ name, label: value }) => {
    if (value == null) return name
    return isOnly ? label(value) : `${name} · ${label(value)}`
  }
}

/** When a level changed, from what to what, and how sure that is; or why nothing is said. */
export function useLevelWords(trends: Trends): (line: TrendLine) => string {
  const text = useText()
  const format = useFormat()
  const periodName = usePeriodName(trends.period ?? 'day')
  return ({ level }) => {
    if (level == null) return text('trends.level.untested')
    const { change } = level
    // Without its rhythm a count is not whole, and its digits would say more than is known.
    const shown = (value: number) => format.amount(Math.abs(value) >= 20 ? Math.round(value) : value)
    if (change == null) return text('trends.level.none')
    const words = text(change.step < 0 ? 'trends.level.fell' : 'trends.level.rose', {
      when: periodName(change.at),
      before: shown(change.before),
      after: shown(change.after),
    })
    const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${shown(Math.abs(value))}`
    const { interval } = change
    const size = interval == null ? signed(change.step) : text('trends.level.between', { step: signed(change.step), low: signed(interval.low), high: signed(interval.high) })
    return text('trends.level.withSize', { words, size })
  }
}

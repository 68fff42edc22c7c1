import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/dates/styles.layer.css'
import { DatePicker } from '@mantine/dates'
import 'dayjs/locale/zh-cn'
import 'dayjs/locale/zh-tw'
import { useLocale, useText } from '../i18n/use-text.ts'
import style from './day-range.module.css'
import type { Days } from './range.ts'

type DayRangeProps = {
  readonly days: Days | null
  readonly onChange: (days: Days) => void
}

const locales = { en: 'en', 'zh-CN': 'zh-cn', 'zh-TW': 'zh-tw' } as const

/** Two months side by side in which the first and the last day are chosen. */
export function DayRange({ days, onChange }: DayRangeProps) {
  const text = useText()
  const locale = useLocale()
  return (
    <DatePicker
      type="range"
      allowSingleDateInRange
      numberOfColumns={2}
      size="xs"
      locale={locales[locale]}
      firstDayOfWeek={1}
      monthLabelFormat={locale === 'en' ? 'MMMM YYYY' : 'YYYY年 M月'}
      defaultDate={days?.from ?? monthBefore(new Date())}
      defaultValue={[days?.from ?? null, days?.to ?? null]}
      ariaLabels={{
        nextMonth: text('range.nextMonth'),
        previousMonth: text('range.previousMonth'),
        nextYear: text('range.nextYear'),
        previousYear: text('range.previousYear'),
        nextDecade: text('range.nextDecade'),
        previousDecade: text('range.previousDecade'),
      }}
      className={style.calendar ?? ''}
      onChange={([from, to]) => {
        if (from !== null && to !== null) onChange({ from, to })
      }}
    />
  )
}

/** The first day of the month before: what is asked about mostly lies behind. */
function monthBefore(now: Date): string {
  const first = new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, 1))
  return first.toISOString().slice(0, 10)
}

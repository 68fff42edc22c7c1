import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Against } from '../api/compare.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { peopleWords } from '../ui/people-words.ts'
import { useRangeWords } from '../ui/range-picker.tsx'
import { kindOfAgainst } from './against.ts'

/** What the report of the page is compared with, as it stands in the URL, and how to choose something else. */
export function useAgainst() {
  const { against } = useSearch({ from: '/w/$ws' })
  const navigate = useNavigate()
  const choose = (next: Against | null) =>
    void navigate({ to: '.', search: ({ against: _, people: __, ...now }) => (next === null ? now : { ...now, against: next }), replace: true })
  return { against: against ?? null, choose }
}

/** The other side in words. */
export function useAgainstWords(against: Against | null): string | null {
  const text = useText()
  const format = useFormat()
  const names = usePeopleSource()
  const days = against !== null && typeof against === 'object' && 'days' in against ? { ...against.days, zone: format.zone } : null
  const dayWords = useRangeWords(days)
  if (against === null) return null
  if (dayWords !== null) return dayWords
  if (typeof against === 'object' && 'people' in against && kindOfAgainst(against) === 'people') return text('compare.peopleWho', { words: peopleWords(against.people, { text, format, names }) })
  return text(`compare.kind.${kindOfAgainst(against)}`)
}

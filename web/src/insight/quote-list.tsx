import type { Quote } from '../api/reasons.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import style from './reasons.module.css'

/** What people said, in their own words. */
export function QuoteList({ quotes, people }: { readonly quotes: readonly Quote[]; readonly people: (quote: Quote) => PeopleTarget }) {
  const text = useText()
  const format = useFormat()
  return (
    <ul className={style.quotes}>
      {quotes.map((it) => (
        <li key={it.text}>
          <q>{it.text}</q>
          <span className={style.by}>
            <Count value={it.profiles} shown={text('reasons.saidBy', { count: it.profiles, shown: format.count(it.profiles) })} people={people(it)} />
            {format.day(it.at)}
          </span>
        </li>
      ))}
    </ul>
  )
}

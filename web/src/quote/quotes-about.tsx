import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { notesQuery, quotesQuery, type ResearchSearch } from '../api/research.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Link } from '@tanstack/react-router'
import { Failed, Loading } from '../ui/look.tsx'
import { QuoteList } from './quote-list.tsx'
import style from './quote.module.css'

type QuotesAboutProps = {
  readonly of: ResearchSearch
  /** What stands there while nobody has said anything. */
  readonly none: ReactNode
  readonly withPlaces?: boolean
}

/** Quotes about a step, a segment or a person. */
export function QuotesAbout({ of, none, withPlaces = false }: QuotesAboutProps) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { data, error, refetch } = useQuery(quotesQuery(ws, of))
  if (error !== null && data === undefined) return <Failed small error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading rows={2} />
  if (data.quotes.length === 0) return <p className={style.none}>{none}</p>
  return (
    <>
      <QuoteList label={text('research.quotes')} quotes={data.quotes} withPlaces={withPlaces} />
      {data.found > data.quotes.length && <p className={style.none}>{text('research.listed', { shown: format.count(data.quotes.length), all: format.count(data.found) })}</p>}
    </>
  )
}

/** Field notes about a person, by title. */
export function NotesAbout({ of }: { readonly of: ResearchSearch }) {
  const format = useFormat()
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(notesQuery(ws, of))
  if (data === undefined || data.notes.length === 0) return null
  return (
    <ul className={style.notes} aria-label={text('research.notes')}>
      {data.notes.map((it) => (
        <li key={it.id}>
          <Link to="/w/$ws/research/notes/$note" params={{ ws, note: String(it.id) }}>
            {it.title}
          </Link>
          <small>
            {it.study_title} · {format.date(it.day)}
          </small>
        </li>
      ))}
    </ul>
  )
}

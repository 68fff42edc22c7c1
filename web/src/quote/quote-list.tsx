import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { QuoteEntry } from '../api/research.ts'
import { segmentsQuery } from '../api/segment.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Feeling } from './feeling.tsx'
import style from './quote.module.css'

type QuoteListProps = {
  readonly label: string
  readonly quotes: readonly QuoteEntry[]
  /** Whether the steps that each is about are told as well. */
  readonly withPlaces?: boolean
}

/** What people said, who for, and the way back to where it stands. */
export function QuoteList({ label, quotes, withPlaces = false }: QuoteListProps) {
  return (
    <ul className={style.quotes} aria-label={label}>
      {quotes.map((it) => (
        <QuoteRow key={it.id} entry={it} withPlaces={withPlaces} />
      ))}
    </ul>
  )
}

function QuoteRow({ entry, withPlaces }: { readonly entry: QuoteEntry; readonly withPlaces: boolean }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { quote } = entry
  return (
    <li>
      <blockquote>{quote.words}</blockquote>
      <p className={style.facts}>
        <Feeling value={quote.feeling} />
        <Link to="/w/$ws/research/notes/$note" params={{ ws, note: String(entry.note) }} search={{ quote: entry.id }}>
          {entry.note_title}
        </Link>
        <span>
          {entry.study_title} · {text(`research.method.${entry.method}`)} · {format.date(entry.day)}
        </span>
      </p>
      <About entry={entry} withPlaces={withPlaces} />
    </li>
  )
}

/** Person, segments, steps and tags of a quote, each with the way to it. */
export function About({ entry, withPlaces }: { readonly entry: QuoteEntry; readonly withPlaces: boolean }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery({ ...segmentsQuery(ws), enabled: entry.segments.length > 0 })
  const { person, places, quote } = entry
  const segmentTitle = (id: string) => data?.segments.find((it) => it.id === id)?.title ?? id
  const tags = quote.tags ?? []
  if (person == null && entry.segments.length === 0 && tags.length === 0 && (!withPlaces || places.length === 0)) return null
  return (
    <p className={style.about}>
      {person != null &&
        (person.profile == null ? (
          <span>{person.identifier.value}</span>
        ) : (
          <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(person.profile) }}>
            {person.identifier.value}
          </Link>
        ))}
      {entry.segments.map((it) => (
        <Link key={`segment ${it}`} to="/w/$ws/segments/$segment" params={{ ws, segment: it }}>
          {segmentTitle(it)}
        </Link>
      ))}
      {withPlaces &&
        places.map((it) =>
          it.step_title == null ? (
            <span key={`step ${it.map} ${it.step}`}>{text('research.stepGone')}</span>
          ) : (
            <Link key={`step ${it.map} ${it.step}`} to="/w/$ws/maps/$map" params={{ ws, map: it.map }} search={{ step: it.step }}>
              {text('research.place', { step: it.step_title, map: it.map_title ?? it.map })}
            </Link>
          ),
        )}
      {tags.map((it) => (
        <Link key={`tag ${it}`} to="/w/$ws/research" params={{ ws }} search={{ tag: it }}>
          #{it}
        </Link>
      ))}
    </p>
  )
}

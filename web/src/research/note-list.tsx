import { Link } from '@tanstack/react-router'
import type { NoteEntry } from '../api/research.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './research.module.css'

/** Field notes, each with how much it holds. */
export function NoteList({ notes, found, ofOneStudy = false }: { readonly notes: readonly NoteEntry[]; readonly found: number; readonly ofOneStudy?: boolean }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  return (
    <>
      <ul className={style.list} aria-label={text('research.notes')}>
        {notes.map((it) => (
          <li key={it.id}>
            <Link to="/w/$ws/research/notes/$note" params={{ ws, note: String(it.id) }}>
              {it.title}
            </Link>
            <span className={style.quiet}>
              {[
                ...(ofOneStudy ? [] : [it.study_title]),
                format.date(it.day),
                text('research.chars', { count: it.chars, shown: format.count(it.chars) }),
                text('research.quotesCount', { count: it.quotes, shown: format.count(it.quotes) }),
                ...(it.person == null ? [] : [it.person.identifier.value]),
                ...it.tags.map((tag) => `#${tag}`),
              ].join(' · ')}
            </span>
            {it.found != null && <p>{it.found}</p>}
          </li>
        ))}
      </ul>
      {found > notes.length && <p className={style.quiet}>{text('research.listed', { shown: format.count(notes.length), all: format.count(found) })}</p>}
    </>
  )
}

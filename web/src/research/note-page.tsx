import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { changeNote, changeQuote, createQuote, deleteNote, deleteQuote, noteQuery, type QuoteEntry, type StoredFieldNote } from '../api/research.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { About } from '../quote/quote-list.tsx'
import { Feeling } from '../quote/feeling.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { NoteDialog } from './note-dialog.tsx'
import type { Stretch } from './note-text.ts'
import { NoteView } from './note-view.tsx'
import { QuoteDialog } from './quote-dialog.tsx'
import style from './research.module.css'

/** A field note with its quotes marked; words that are selected become another. */
export function NotePage() {
  const { id: ws } = useWorkspace()
  const { note } = useParams({ from: '/w/$ws/research/notes/$note' })
  const stored = useQuery(noteQuery(ws, note))
  if (stored.error !== null && stored.data === undefined) return <Failed isPage error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading rows={8} />
  return <Shown key={stored.data.id} stored={stored.data} />
}

type Open = { readonly kind: 'new'; readonly stretch: Stretch } | { readonly kind: 'quote'; readonly entry: QuoteEntry } | { readonly kind: 'note' } | { readonly kind: 'delete' }

function Shown({ stored }: { readonly stored: StoredFieldNote }) {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate({ from: '/w/$ws/research/notes/$note' })
  const { id: ws, role } = useWorkspace()
  const { quote: at } = useSearch({ from: '/w/$ws/research/notes/$note' })
  const [selected, setSelected] = useState<Stretch | null>(null)
  const [open, setOpen] = useState<Open | null>(null)
  const { note, quotes, person } = stored
  const refused = canEditMaps(role) ? undefined : text('research.cannotWrite')
  const look = (id: number) => void navigate({ search: { quote: id }, replace: true, resetScroll: false })
  const remove = async () => {
    try {
      await deleteNote(ws, stored.id)
      await navigate({ to: '/w/$ws/research/studies/$study', params: { ws, study: stored.study } })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <Page
      wide
      title={note.title}
      note={
        <>
          <Link to="/w/$ws/research/studies/$study" params={{ ws, study: stored.study }}>
            {stored.study_title}
          </Link>
          {` · ${text(`research.method.${stored.method}`)}`}
          {note.day != null && ` · ${format.date(note.day)}`}
          {person != null && (
            <>
              {' · '}
              {person.profile == null ? (
                person.identifier.value
              ) : (
                <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(person.profile) }}>
                  {person.identifier.value}
                </Link>
              )}
            </>
          )}
        </>
      }
      actions={
        <>
          <Button look="primary" icon="quote" refused={refused ?? (selected === null ? text('research.selectFirst') : undefined)} onClick={() => selected !== null && setOpen({ kind: 'new', stretch: selected })}>
            {text('research.makeQuote')}
          </Button>
          <Button icon="edit" refused={refused} onClick={() => setOpen({ kind: 'note' })}>
            {text('research.editNote')}
          </Button>
          <Button icon="trash" look="danger" refused={refused} onClick={() => setOpen({ kind: 'delete' })}>
            {text('research.deleteNote')}
          </Button>
        </>
      }
    >
      <div className={style.columns}>
        <div>
          <p className={style.quiet}>{text('research.selectHint')}</p>
          <NoteView words={note.text} quotes={quotes} at={at} onSelect={setSelected} onQuote={look} />
        </div>
        <section aria-label={text('research.quotes')}>
          <h2 className={style.heading}>{text('research.quotes')}</h2>
          {quotes.length === 0 ? (
            <p className={style.quiet}>{text('research.noQuotesHere')}</p>
          ) : (
            <ul className={style.side}>
              {quotes.map((it) => (
                <QuoteItem key={it.id} entry={it} isHere={it.id === at} refused={refused} onLook={() => look(it.id)} onEdit={() => setOpen({ kind: 'quote', entry: it })} />
              ))}
            </ul>
          )}
        </section>
      </div>
      {open?.kind === 'new' && (
        <QuoteDialog
          heading={text('research.makeQuote')}
          quote={{ ...open.stretch }}
          places={[]}
          onSave={async (quote) => {
            const id = await createQuote(ws, stored.id, quote)
            toast(text('research.quoteSaved'))
            setOpen(null)
            look(id)
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'quote' && (
        <QuoteDialog
          heading={text('research.editQuote')}
          quote={open.entry.quote}
          places={open.entry.places.map((it) => ({ map: it.map, step: it.step, title: it.step_title == null ? text('research.stepGone') : text('research.place', { step: it.step_title, map: it.map_title ?? it.map }) }))}
          onSave={async (quote) => {
            await changeQuote(ws, open.entry.id, open.entry.version, quote)
            toast(text('research.quoteSaved'))
            setOpen(null)
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'note' && (
        <NoteDialog
          heading={text('research.editNote')}
          note={note}
          onSave={async (changed) => {
            await changeNote(ws, stored.id, stored.version, changed)
            toast(text('research.noteSaved', { title: changed.title }))
            setOpen(null)
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'delete' && (
        <ConfirmDelete title={text('research.deleteNoteOf', { title: note.title })} note={text('research.deleteNoteNote')} action={text('research.deleteNote')} onConfirm={() => void remove()} onClose={() => setOpen(null)} />
      )}
    </Page>
  )
}

type ItemProps = { readonly entry: QuoteEntry; readonly isHere: boolean; readonly refused: string | undefined; readonly onLook: () => void; readonly onEdit: () => void }

function QuoteItem({ entry, isHere, refused, onLook, onEdit }: ItemProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isHere) item.current?.scrollIntoView({ block: 'nearest' })
  }, [isHere])
  const { words } = entry.quote
  const remove = async () => {
    try {
      await deleteQuote(ws, entry.id)
      toast(text('research.quoteRemoved'))
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <li ref={item} aria-current={isHere || undefined}>
      <button type="button" className={style.look} onClick={onLook}>
        {words}
      </button>
      <Feeling value={entry.quote.feeling} />
      <About entry={entry} withPlaces />
      <div className={style.tools}>
        <IconButton size="s" icon="edit" label={text('research.editQuoteOf', { words })} refused={refused} onClick={onEdit} />
        <IconButton size="s" icon="trash" label={text('research.removeQuoteOf', { words })} refused={refused} onClick={() => void remove()} />
      </div>
    </li>
  )
}

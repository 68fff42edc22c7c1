import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { changeStudy, createNote, deleteStudy, notesQuery, studiesQuery, type StudyEntry } from '../api/research.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { QuotesAbout } from '../quote/quotes-about.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { NoteDialog } from './note-dialog.tsx'
import { NoteList } from './note-list.tsx'
import { StudyDialog } from './study-dialog.tsx'

/** One study: its field notes, the way files come in, and what was quoted. */
export function StudyPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { study } = useParams({ from: '/w/$ws/research/studies/$study' })
  const studies = useQuery(studiesQuery(ws))
  if (studies.error !== null && studies.data === undefined) return <Failed isPage error={studies.error} onRetry={() => void studies.refetch()} />
  if (studies.data === undefined) return <Loading rows={6} />
  const entry = studies.data.studies.find((it) => it.id === study)
  if (entry !== undefined) return <Shown entry={entry} />
  return (
    <Empty title={text('research.studyGone')}>
      <Link to="/w/$ws/research" params={{ ws }}>
        {text('page.research')}
      </Link>
    </Empty>
  )
}

function Shown({ entry }: { readonly entry: StudyEntry }) {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const [open, setOpen] = useState<'import' | 'note' | 'edit' | 'delete' | null>(null)
  const { id, study, version } = entry
  const notes = useQuery(notesQuery(ws, { study: id }))
  const refused = canEditMaps(role) ? undefined : text('research.cannotWrite')
  const remove = async () => {
    try {
      await navigate({ to: '/w/$ws/research', params: { ws } })
      await deleteStudy(ws, id)
      toast(text('research.studyDeleted', { title: study.title }))
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <Page
      title={study.title}
      note={[text(`research.method.${study.method}`), format.date(study.day), ...(study.description == null || study.description === '' ? [] : [study.description])].join(' · ')}
      actions={
        <>
          <Button look="primary" icon="download" refused={refused} onClick={() => setOpen('import')}>
            {text('research.import')}
          </Button>
          <Button icon="plus" refused={refused} onClick={() => setOpen('note')}>
            {text('research.addNote')}
          </Button>
          <Button icon="edit" refused={refused} onClick={() => setOpen('edit')}>
            {text('research.editStudy')}
          </Button>
          <Button icon="trash" look="danger" refused={refused} onClick={() => setOpen('delete')}>
            {text('research.deleteStudy')}
          </Button>
        </>
      }
    >
      <Section title={text('research.notes')}>
        {notes.error !== null && notes.data === undefined ? (
          <Failed small error={notes.error} onRetry={() => void notes.refetch()} />
        ) : notes.data === undefined ? (
          <Loading rows={4} />
        ) : notes.data.notes.length === 0 ? (
          <Empty small title={text('research.noNotes')}>
            {text('research.noNotesNote')}
          </Empty>
        ) : (
          <NoteList ofOneStudy notes={notes.data.notes} found={notes.data.found} />
        )}
      </Section>
      <Section title={text('research.quotes')}>
        <QuotesAbout of={{ study: id }} none={text('research.noQuotes')} withPlaces />
      </Section>
      {open === 'import' && <ImportDialog study={id} onClose={() => setOpen(null)} />}
      {open === 'note' && (
        <NoteDialog
          heading={text('research.addNote')}
          note={{ title: '', text: '' }}
          onSave={async (note) => {
            const made = await createNote(ws, id, note)
            await navigate({ to: '/w/$ws/research/notes/$note', params: { ws, note: String(made) } })
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'edit' && (
        <StudyDialog
          heading={text('research.editStudy')}
          study={study}
          onSave={async (changed) => {
            await changeStudy(ws, id, version, changed)
            setOpen(null)
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete
          title={text('research.deleteStudyOf', { title: study.title })}
          note={text('research.deleteStudyNote', { notes: format.count(entry.notes), quotes: format.count(entry.quotes) })}
          action={text('research.deleteStudy')}
          onConfirm={() => void remove()}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { importNotes, type NoteFile, type NoteFileRead } from '../api/research.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Failed } from '../ui/look.tsx'
import { toast } from '../ui/toast.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { SegmentsField } from './link-fields.tsx'
import style from './research.module.css'

/** As many files as the server takes at once. */
const FILES_MAX = 100

type Looked = { readonly files: readonly NoteFile[]; readonly read: readonly NoteFileRead[] }

/** Many files become field notes: chosen, looked at, and taken in together or not at all. */
export function ImportDialog({ study, onClose }: { readonly study: string; readonly onClose: () => void }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const [tags, setTags] = useState<string[]>([])
  const [segments, setSegments] = useState<string[]>([])
  const [looked, setLooked] = useState<Looked | null>(null)
  const look = useMutation({
    mutationFn: async (chosen: readonly File[]): Promise<Looked> => {
      const files = await Promise.all(chosen.map(async (it) => ({ name: it.name, bytes: await base64Of(it) })))
      return { files, read: (await importNotes(ws, study, files, true)).files }
    },
    onSuccess: setLooked,
  })
  const take = useMutation({
    mutationFn: (files: readonly NoteFile[]) => importNotes(ws, study, files.map((it) => ({ ...it, tags, segments })), false),
    onSuccess: ({ notes }) => {
      toast(text('research.imported', { count: notes.length, shown: format.count(notes.length) }))
      onClose()
    },
  })
  const faulty = looked?.read.filter((it) => it.faults.length > 0).length ?? 0
  const refused = looked === null ? text('research.filesFirst') : faulty > 0 ? text('research.faultsFirst', { count: faulty, shown: format.count(faulty) }) : undefined
  return (
    <Dialog
      title={text('research.import')}
      width={720}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button look="primary" aria-busy={take.isPending} refused={refused} onClick={() => looked !== null && take.mutate(looked.files)}>
            {text('research.importAll', { count: looked?.files.length ?? 0, shown: format.count(looked?.files.length ?? 0) })}
          </Button>
        </>
      }
    >
      <div className={style.form}>
        <ChooseFiles isBusy={look.isPending} onFiles={(files) => look.mutate(files)} />
        {look.error !== null && <Failed small error={look.error} />}
        {take.error !== null && <Failed small error={take.error} />}
        {looked !== null && (
          <>
            <FilesRead read={looked.read} onLeaveOut={(index) => setLooked(without(looked, index))} />
            <WordsField label={text('research.tagsOfAll')} hint={text('research.tagsHint')} words={tags} onChange={setTags} />
            <SegmentsField segments={segments} onChange={setSegments} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function ChooseFiles({ isBusy, onFiles }: { readonly isBusy: boolean; readonly onFiles: (files: readonly File[]) => void }) {
  const text = useText()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const chosen = [...(files ?? [])]
    if (chosen.length > 0 && !isBusy) onFiles(chosen)
  }
  return (
    <div
      className={style.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
    >
      <Icon name="download" size={22} />
      <p>{text('research.drop', { most: FILES_MAX })}</p>
      <Button aria-busy={isBusy} onClick={() => input.current?.click()}>
        {text('research.chooseFiles')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        className="visually-hidden"
        tabIndex={-1}
        aria-label={text('research.chooseFiles')}
        accept=".txt,.md,.markdown,.vtt,.srt"
        onChange={(event) => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}

function FilesRead({ read, onLeaveOut }: { readonly read: readonly NoteFileRead[]; readonly onLeaveOut: (index: number) => void }) {
  const text = useText()
  const format = useFormat()
  return (
    <ul className={style.files} aria-label={text('research.files')} tabIndex={0}>
      {read.map((it, index) => (
        <li key={`${index} ${it.name}`} data-faulty={it.faults.length > 0 || undefined}>
          <div>
            <b>{it.title}</b>
            <span className={style.quiet}>
              {it.name}
              {it.faults.length === 0 && ` · ${text('research.chars', { count: it.chars, shown: format.count(it.chars) })}`}
              {it.speakers.length > 0 && ` · ${it.speakers.join(text('list.and'))}`}
            </span>
            {it.faults.map((fault) => (
              <span key={`${fault.place} ${fault.message}`} className={style.fault}>
                {fault.place === '' ? fault.message : `${fault.place}: ${fault.message}`}
              </span>
            ))}
            {it.faults.length === 0 && <span className={style.beginning}>{it.beginning}</span>}
          </div>
          <Button size="s" look="quiet" onClick={() => onLeaveOut(index)}>
            {text('research.leaveOut')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function without({ files, read }: Looked, index: number): Looked | null {
  if (files.length <= 1) return null
  const keeps = (_: unknown, at: number) => at !== index
  return { files: files.filter(keeps), read: read.filter(keeps) }
}

/** The bytes of a file as the API takes them. */
async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const CHUNK = 0x8000
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(binary)
}

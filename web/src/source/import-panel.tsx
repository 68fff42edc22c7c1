import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type UploadedFile, upload } from '../api/import.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Failed } from '../ui/look.tsx'
import { FolderPanel } from './folder-panel.tsx'
import { ImportList } from './import-list.tsx'
import { MappingEditor } from './mapping-editor.tsx'
import style from './source.module.css'

/** A file becomes events: choose it, say what its columns mean, look at the outcome, import. */
export function ImportPanel() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const [file, setFile] = useState<UploadedFile | null>(null)
  const send = useMutation({ mutationFn: (chosen: File) => upload(ws, chosen), onSuccess: setFile })
  return (
    <>
      {file === null ? (
        <DropPlace
          busy={send.isPending}
          title={text('source.drop')}
          note={text('source.dropNote')}
          accept=".csv,.tsv,.txt,.gz,.json,.ndjson,.jsonl,.parquet,.xes,.xml,.jsonocel,.xmlocel"
          onFile={(chosen) => send.mutate(chosen)}
        />
      ) : (
        <MappingEditor key={file.file} file={file} onDone={() => setFile(null)} />
      )}
      {send.error !== null && <Failed small error={send.error} />}
      {file === null && <FolderPanel onFile={setFile} />}
      <ImportList />
    </>
  )
}

type DropProps = {
  readonly busy: boolean
  readonly title: string
  readonly note: string
  /** Ends of names that can be chosen. */
  readonly accept: string
  readonly onFile: (file: File) => void
}

/** A place to drop a file, or to choose one. */
export function DropPlace({ busy, title, note, accept, onFile }: DropProps) {
  const text = useText()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
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
        const file = event.dataTransfer.files[0]
        if (file !== undefined && !busy) onFile(file)
      }}
    >
      <Icon name="download" size={22} />
      <p>
        <b>{title}</b>
        <span className={style.quiet}>{note}</span>
      </p>
      <Button look="primary" aria-busy={busy} onClick={() => input.current?.click()}>
        {busy ? text('source.sending') : text('source.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={text('source.choose')}
        accept={accept}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file !== undefined) onFile(file)
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}

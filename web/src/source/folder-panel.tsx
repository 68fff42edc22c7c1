import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { foldersQuery } from '../api/folder.ts'
import type { UploadedFile } from '../api/import.ts'
import { queryClient } from '../api/query-client.ts'
import { governs } from '../api/session.ts'
import { useStream } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { FolderCard } from './folder-card.tsx'
import { FolderForm } from './folder-form.tsx'
import style from './source.module.css'

/** Folders on the server whose files are imported by themselves. */
export function FolderPanel({ onFile }: { readonly onFile: (file: UploadedFile) => void }) {
  const { id: ws, role } = useWorkspace()
  const text = useText()
  const stream = useStream()
  const folders = useQuery(foldersQuery(ws))
  useEffect(() => stream.onImport(() => void queryClient.invalidateQueries({ queryKey: foldersQuery(ws).queryKey })), [stream, ws])
  const isOpen = folders.data !== undefined && folders.data.roots.length > 0
  return (
    <Section title={text('folder.list')} note={text('folder.listNote')}>
      {folders.error !== null ? (
        <Failed small error={folders.error} onRetry={() => void folders.refetch()} />
      ) : folders.data === undefined ? (
        <Loading rows={2} />
      ) : (
        <>
          {folders.data.folders.length === 0 ? (
            <Empty small title={text('folder.none')}>
              {text(isOpen ? (governs(role) ? 'folder.noneNote' : 'folder.adminsNote') : 'folder.closedNote')}
            </Empty>
          ) : (
            <ul className={style.rows} aria-label={text('folder.list')}>
              {folders.data.folders.map((it) => (
                <FolderCard key={it.id} ws={ws} it={it} role={role} />
              ))}
            </ul>
          )}
          {isOpen && governs(role) && <FolderForm ws={ws} roots={folders.data.roots} onFile={onFile} />}
        </>
      )}
    </Section>
  )
}

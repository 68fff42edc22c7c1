import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchFromFolder, lookIntoFolder, type SeenFiles, watchFolder } from '../api/folder.ts'
import { mappingsQuery, type UploadedFile } from '../api/import.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed } from '../ui/look.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { folderPath } from './folder-path.ts'
import style from './source.module.css'

/** As a pattern is written, in any language. */
const PATTERN_HINT = '*.csv'

type FolderFormProps = { readonly ws: string; readonly roots: readonly string[]; readonly onFile: (file: UploadedFile) => void }

/** Chooses a folder and its mapping; a look into it shows which files would be taken. */
export function FolderForm({ ws, roots, onFile }: FolderFormProps) {
  const text = useText()
  const [root, setRoot] = useState(roots[0] ?? '')
  const [below, setBelow] = useState('')
  const [pattern, setPattern] = useState('')
  const [chosen, setChosen] = useState('')
  const stored = useQuery(mappingsQuery(ws))
  const mappings = stored.data?.mappings ?? []
  const mapping = mappings.some((it) => it.id === chosen) ? chosen : (mappings[0]?.id ?? '')
  const dir = folderPath(root, below)
  const look = useMutation({ mutationFn: () => lookIntoFolder(ws, dir, pattern.trim()) })
  const watch = useMutation({
    mutationFn: () => watchFolder(ws, { dir, pattern: pattern.trim(), mapping }),
    onSuccess: () => {
      setBelow('')
      setPattern('')
      look.reset()
    },
  })
  const change = (set: (value: string) => void) => (value: string) => {
    set(value)
    look.reset()
    watch.reset()
  }
  const failure = watch.error ?? look.error
  return (
    <form
      aria-label={text('folder.new')}
      onSubmit={(event) => {
        event.preventDefault()
        if (!look.isPending) look.mutate()
      }}
    >
      <div className={style.make}>
        <SelectField label={text('folder.root')} value={root} choices={roots.map((value) => ({ value, label: value }))} onChange={change(setRoot)} />
        <TextField mono label={text('folder.below')} placeholder={text('folder.belowHint')} value={below} onChange={change(setBelow)} />
        <TextField mono label={text('folder.pattern')} placeholder={PATTERN_HINT} value={pattern} onChange={change(setPattern)} />
        <SelectField
          label={text('source.useMapping')}
          value={mapping}
          choices={mappings.length === 0 ? [{ value: '', label: text('folder.noMapping') }] : mappings.map((it) => ({ value: it.id, label: it.title }))}
          onChange={setChosen}
        />
        <Button type="submit" aria-busy={look.isPending}>
          {text('folder.look')}
        </Button>
        <Button look="primary" refused={mapping === '' ? text('folder.mappingFirst') : undefined} aria-busy={watch.isPending} onClick={() => watch.mutate()}>
          {text('folder.watch')}
        </Button>
      </div>
      {failure !== null && <Failed small error={failure} />}
      {look.data !== undefined && <Seen ws={ws} dir={dir} seen={look.data} onFile={onFile} />}
    </form>
  )
}

type SeenProps = { readonly ws: string; readonly dir: string; readonly seen: SeenFiles; readonly onFile: (file: UploadedFile) => void }

function Seen({ ws, dir, seen, onFile }: SeenProps) {
  const text = useText()
  const format = useFormat()
  const fetch = useMutation({ mutationFn: (name: string) => fetchFromFolder(ws, dir, name), onSuccess: onFile, onError: toastFailure })
  return (
    <>
      <p className={style.hint}>
        {text('folder.seen', { count: seen.files_count, shown: format.count(seen.files_count) })}
        {seen.others_count > 0 && ` ${text('folder.others', { count: seen.others_count, shown: format.count(seen.others_count) })}`}
      </p>
      <ul className={style.rows} aria-label={text('folder.inFolder')}>
        {seen.files.map((it) => (
          <li key={it.name} className={style.row}>
            <span className={style.grow}>{it.name}</span>
            <span className={style.quiet}>{format.bytes(it.bytes)}</span>
            <Button size="s" look="quiet" aria-label={text('folder.openOf', { name: it.name })} aria-busy={fetch.isPending && fetch.variables === it.name} onClick={() => fetch.mutate(it.name)}>
              {text('folder.open')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}

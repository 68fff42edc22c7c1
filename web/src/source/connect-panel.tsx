import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Key, keysQuery, makeKey, removeKey } from '../api/key.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { CopyButton, CopyLine } from './copy-line.tsx'
import { KEY_MISSING, kindsOf, type Maker, makerNames, makers, snippet, type SnippetKind } from './snippet.ts'
import style from './source.module.css'

/** Write keys, and the code that uses one. */
export function ConnectPanel() {
  const text = useText()
  const { role } = useWorkspace()
  const [made, setMade] = useState<string | null>(null)
  return (
    <div className={style.connect}>
      <div>
        <Section title={text('source.keys')} note={text('source.keysNote')}>
          {governs(role) ? <Keys made={made} onMade={setMade} /> : <Empty small title={text('source.adminsOnly')}>{text('source.adminsOnlyNote')}</Empty>}
        </Section>
      </div>
      <Snippets made={made} />
    </div>
  )
}

type KeysProps = { readonly made: string | null; readonly onMade: (key: string) => void }

/** The keys of the workspace, and a place for a new one. */
function Keys({ made, onMade }: KeysProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const keys = useQuery(keysQuery(ws))
  const [name, setName] = useState('')
  const [leaving, setLeaving] = useState<Key | null>(null)
  const make = useMutation({
    mutationFn: () => makeKey(ws, name.trim()),
    onSuccess: ({ key }) => {
      onMade(key)
      setName('')
    },
    onError: toastFailure,
  })
  const remove = useMutation({ mutationFn: (key: Key) => removeKey(ws, key.id), onError: toastFailure })
  return (
    <>
      {keys.error !== null ? (
        <Failed small error={keys.error} onRetry={() => void keys.refetch()} />
      ) : keys.data === undefined ? (
        <Loading rows={2} />
      ) : keys.data.keys.length === 0 ? (
        <Empty small title={text('source.noKeys')} />
      ) : (
        <ul className={style.rows} aria-label={text('source.keys')}>
          {keys.data.keys.map((key) => (
            <li key={key.id} className={style.row}>
              <Icon name="key" />
              <span className={style.grow}>
                <b>{key.name}</b>
                <code>{key.prefix}…</code>
              </span>
              <span className={style.quiet}>
                {key.last_used == null ? text('source.neverUsed') : <>{text('source.used')} <Age time={key.last_used} /></>}
              </span>
              <IconButton size="s" icon="trash" label={text('source.removeKey', { name: key.name })} onClick={() => setLeaving(key)} />
            </li>
          ))}
        </ul>
      )}
      <form
        className={style.make}
        onSubmit={(event) => {
          event.preventDefault()
          if (!make.isPending && name.trim() !== '') make.mutate()
        }}
      >
        <TextField label={text('source.keyName')} placeholder={text('source.keyHint')} value={name} maxLength={100} onChange={setName} />
        <Button type="submit" icon="plus" refused={name.trim() === '' ? text('source.nameFirst') : undefined} aria-busy={make.isPending}>
          {text('source.makeKey')}
        </Button>
      </form>
      {made !== null && (
        <div className={style.made} role="status">
          <p>{text('source.made')}</p>
          <CopyLine value={made} />
        </div>
      )}
      {leaving !== null && (
        <ConfirmDelete
          title={text('source.removeKey', { name: leaving.name })}
          note={text('source.removeKeyNote')}
          action={text('source.removeKeyAction')}
          onConfirm={() => remove.mutate(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}

function Snippets({ made }: { readonly made: string | null }) {
  const text = useText()
  const [maker, setMaker] = useState<Maker>('throughline')
  const [wanted, setWanted] = useState<SnippetKind>('site')
  const kinds = kindsOf(maker)
  const kind = kinds.includes(wanted) ? wanted : (kinds[0] ?? 'site')
  const code = snippet(maker, kind, window.location.origin, made ?? KEY_MISSING)
  return (
    <Section
      title={text('source.code')}
      aside={
        <Segments
          label={text('source.code')}
          value={kind}
          segments={kinds.map((value) => ({ value, label: text(`source.kind.${value}`) }))}
          onChange={setWanted}
        />
      }
    >
      <div className={style.maker}>
        <SelectField
          label={text('source.maker')}
          hint={maker === 'throughline' ? text('source.makerOwn') : text('source.makerOther', { maker: makerNames[maker] })}
          value={maker}
          choices={makers.map((value) => ({ value, label: makerNames[value] }))}
          onChange={setMaker}
        />
      </div>
      <div className={style.code}>
        <pre tabIndex={0} aria-label={text('source.code')}>
          <code>{code}</code>
        </pre>
        <CopyButton value={code} />
      </div>
      <p className={style.hint}>{text(kind === 'site' ? 'source.siteNote' : 'source.codeNote')}</p>
    </Section>
  )
}

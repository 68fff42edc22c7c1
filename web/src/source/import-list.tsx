import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { cancelImport, errorsAddress, type Import, importsQuery, undoImport } from '../api/import.ts'
import { queryClient } from '../api/query-client.ts'
import { useStream } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './source.module.css'

/** Every import, what became of it, and the way back. */
export function ImportList() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const stream = useStream()
  const imports = useQuery(importsQuery(ws))
  useEffect(() => stream.onImport(() => void queryClient.invalidateQueries({ queryKey: importsQuery(ws).queryKey })), [stream, ws])
  return (
    <Section title={text('source.imports')}>
      {imports.error !== null ? (
        <Failed small error={imports.error} onRetry={() => void imports.refetch()} />
      ) : imports.data === undefined ? (
        <Loading rows={3} />
      ) : imports.data.imports.length === 0 ? (
        <Empty small title={text('source.noImports')} />
      ) : (
        <ul className={style.rows} aria-label={text('source.imports')}>
          {imports.data.imports.map((it) => (
            <ImportRow key={it.id} ws={ws} it={it} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function ImportRow({ ws, it }: { readonly ws: string; readonly it: Import }) {
  const text = useText()
  const format = useFormat()
  const [undoing, setUndoing] = useState(false)
  const cancel = useMutation({ mutationFn: () => cancelImport(ws, it.id), onError: toastFailure })
  const undo = useMutation({ mutationFn: () => undoImport(ws, it.id), onError: toastFailure })
  return (
    <li className={style.import}>
      <div className={style.row}>
        <span className={style.grow}>
          <b>{it.name}</b>
          <span className={style.quiet}>
            {it.kind === 'dry_run' ? `${text('source.dryRun')} · ` : ''}
            <span>{text(`source.state.${it.state}`)}</span> · <Age time={it.finished ?? it.started} />
          </span>
        </span>
        {it.faulty > 0 && (
          <a className={style.link} href={errorsAddress(ws, it.id)} download>
            {text('source.errors')}
          </a>
        )}
        {it.state === 'running' && (
          <Button size="s" aria-busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {text('look.cancel')}
          </Button>
        )}
        {it.kind === 'import' && (it.state === 'done' || it.state === 'cancelled' || it.state === 'failed') && (
          <Button size="s" icon="undo" aria-busy={undo.isPending} onClick={() => setUndoing(true)}>
            {text('source.undo')}
          </Button>
        )}
      </div>
      {it.state === 'running' && (
        <div className={style.progress}>
          <Meter share={it.rows_total == null ? 0 : it.rows / Math.max(1, it.rows_total)} />
          <span className={style.quiet}>
            {text('source.rate', { rows: format.count(it.rows), rate: format.compact(it.rate) })}
            {it.seconds_left != null && ` · ${text('source.left', { time: format.span(it.seconds_left * 1000) })}`}
          </span>
        </div>
      )}
      {it.error != null && <p className={style.bad}>{it.error}</p>}
      <dl className={style.outcomes}>
        <Outcome name={text('source.rows')} count={it.rows} />
        <Outcome name={text('source.new')} count={it.new} />
        <Outcome name={text('source.duplicate')} count={it.duplicate} />
        <Outcome name={text('source.faulty')} count={it.faulty} />
        {it.refused > 0 && <Outcome name={text('source.refused')} count={it.refused} />}
      </dl>
      {it.by_event.length > 0 && (
        <details className={style.held}>
          <summary>{text('source.byEvent', { count: it.by_event.length })}</summary>
          <ul className={style.events}>
            {it.by_event.map((event) => (
              <li key={event.name}>
                {event.name} <b>{format.count(event.count)}</b>
              </li>
            ))}
          </ul>
        </details>
      )}
      {undoing && (
        <ConfirmDelete
          title={text('source.undoTitle', { name: it.name })}
          note={text('source.undoExplained')}
          action={text('source.undo')}
          onConfirm={() => undo.mutate()}
          onClose={() => setUndoing(false)}
        />
      )}
    </li>
  )
}

function Outcome({ name, count }: { readonly name: string; readonly count: number }) {
  const format = useFormat()
  return (
    <div>
      <dt>{name}</dt>
      <dd>{format.count(count)}</dd>
    </div>
  )
}

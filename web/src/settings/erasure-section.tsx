import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Erasure, erasuresQuery, type Left, liftErasure } from '../api/erasure.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { never } from '../lib/never.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonDialog } from '../ui/reason-dialog.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './settings.module.css'

/** What members write that may name a person. */
const documents = ['map', 'vocabulary', 'report', 'mapping', 'segment', 'dashboard', 'schedule', 'delivery', 'sql_history', 'sql_statement', 'target', 'decision', 'study', 'note', 'privacy', 'notes', 'folder', 'folder_files'] as const

/** Who was asked to be erased, and what became of it. Nobody is named. */
export function ErasureSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const erasures = useQuery(erasuresQuery(ws))
  return (
    <div id="erasures">
      <Section title={text('erasure.title')} note={text('erasure.note')}>
        {erasures.error !== null ? (
          <Failed small error={erasures.error} onRetry={() => void erasures.refetch()} />
        ) : erasures.data === undefined ? (
          <Loading rows={2} />
        ) : erasures.data.erasures.length === 0 ? (
          <Empty small title={text('erasure.nobody')}>
            {text('erasure.nobodyNote')}
          </Empty>
        ) : (
          <ul className={style.rows} aria-label={text('erasure.title')}>
            {erasures.data.erasures.map((it) => (
              <ErasureRow key={it.id} ws={ws} it={it} />
            ))}
          </ul>
        )}
      </Section>
    </div>
  )
}

function ErasureRow({ ws, it }: { readonly ws: string; readonly it: Erasure }) {
  const text = useText()
  const format = useFormat()
  const { found } = it
  // Reports of older erasures do not know them.
  const { notes = 0, quotes = 0 } = found
  const facts = [
    text('erasure.events', { count: found.events, shown: format.count(found.events) }),
    text('erasure.identifiers', { count: found.identifiers, shown: format.count(found.identifiers) }),
    text('erasure.traits', { count: found.traits, shown: format.count(found.traits) }),
    text('erasure.links', { count: found.links, shown: format.count(found.links) }),
    text('erasure.records', { count: found.records, shown: format.count(found.records) }),
    ...(found.quarantined > 0 ? [text('erasure.quarantined', { count: found.quarantined, shown: format.count(found.quarantined) })] : []),
    ...(found.decisions > 0 ? [text('erasure.decisions', { count: found.decisions, shown: format.count(found.decisions) })] : []),
    ...(notes > 0 ? [text('erasure.notes', { count: notes, shown: format.count(notes) })] : []),
    ...(quotes > 0 ? [text('erasure.quotes', { count: quotes, shown: format.count(quotes) })] : []),
    ...(found.rows > 0 ? [text('erasure.rows', { count: found.rows, shown: format.count(found.rows) })] : []),
  ]
  return (
    <li className={style.row}>
      <span className={style.grow}>
        <b>{text('erasure.one', { id: it.id })}</b>
        <span className={style.hint}>{text('erasure.asked', { by: it.by, when: format.moment(it.requested) })}</span>
      </span>
      <span className={style.grow}>
        <span>
          {text(`erasure.state.${it.state}`)}
          {it.finished != null && ` · ${format.moment(it.finished)}`}
        </span>
        {it.waits_for != null && <span className={style.hint}>{text('erasure.waits', { why: it.waits_for })}</span>}
        {it.upto != null && <span className={style.hint}>{facts.join(' · ')}</span>}
        <Later ws={ws} it={it} />
        {it.left.length > 0 && (
          <>
            <span>{text('erasure.left')}</span>
            <ul className={style.left}>
              {it.left.map((left) => (
                <li key={keyOf(left)}>
                  <LeftText left={left} />
                </li>
              ))}
            </ul>
          </>
        )}
      </span>
    </li>
  )
}

/** What came after an erasure and was refused, and the way to take it in again. */
function Later({ ws, it }: { readonly ws: string; readonly it: Erasure }) {
  const text = useText()
  const format = useFormat()
  const [isLifting, setLifting] = useState(false)
  const lift = useMutation({
    mutationFn: (why: string) => liftErasure(ws, it.id, why),
    onSuccess: () => toast(text('erasure.liftAsked')),
    onError: toastFailure,
  })
  if (!it.refuses_later) return <span className={style.hint}>{text('erasure.takesLater')}</span>
  const refused = it.refused === 0 || it.refused_last == null ? text('erasure.refusedNone') : text('erasure.refused', { count: it.refused, shown: format.count(it.refused), when: format.moment(it.refused_last) })
  return (
    <>
      <span className={style.hint}>{refused}</span>
      {it.lifted != null ? (
        <span className={style.hint}>
          {text(it.lifted.is_done ? 'erasure.lifted' : 'erasure.lifting', { by: it.lifted.by, when: format.moment(it.lifted.at), why: it.lifted.why })}
        </span>
      ) : (
        <span>
          <Button size="s" refused={it.state === 'done' ? undefined : text('erasure.liftLater')} aria-busy={lift.isPending} onClick={() => setLifting(true)}>
            {text('erasure.lift')}
          </Button>
        </span>
      )}
      {isLifting && (
        <ReasonDialog title={text('erasure.liftTitle', { id: it.id })} note={text('erasure.liftNote')} action={text('erasure.lift')} onDecide={(why) => lift.mutate(why)} onClose={() => setLifting(false)} />
      )}
    </>
  )
}

function LeftText({ left }: { readonly left: Left }) {
  const text = useText()
  const format = useFormat()
  switch (left.kind) {
    case 'file':
      return text('erasure.leftFile', { name: left.name, count: left.rows, shown: format.count(left.rows) })
    case 'shared':
      return text('erasure.leftShared', { name: left.name, count: left.count, shown: format.count(left.count) })
    case 'document':
      return text('erasure.leftDocument', { kind: documentName(left.document, text), title: left.title })
    case 'audit':
      return text('erasure.leftAudit', { position: format.count(left.position) })
    case 'record':
      return text('erasure.leftRecord', { position: format.count(left.position) })
    default:
      return never(left)
  }
}

function documentName(kind: string, text: Text): string {
  const known = documents.find((it) => it === kind)
  return known === undefined ? kind : text(`erasure.document.${known}`)
}

function keyOf(left: Left): string {
  switch (left.kind) {
    case 'file':
    case 'shared':
      return `${left.kind} ${left.name}`
    case 'document':
      return `document ${left.document} ${left.id}`
    case 'audit':
    case 'record':
      return `${left.kind} ${left.position}`
    default:
      return never(left)
  }
}

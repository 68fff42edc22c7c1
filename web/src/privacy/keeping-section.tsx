import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogQuery } from '../api/catalog.ts'
import { askSweep, changeKeeping, type Keeping, keepingQuery, previewKeeping, type StoredKeeping } from '../api/keeping.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { daysOf, limitsNothing, typedDays, withEvent, withEventDays, withoutEvent } from './keeping.ts'
import { KeepingEffect } from './keeping-effect.tsx'
import style from './privacy.module.css'
import { SweepList } from './sweep-list.tsx'

/** For how long events are kept, and what went because it was older. */
export function KeepingSection() {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const stored = useQuery(keepingQuery(ws))
  return (
    <Section title={text('keeping.title')} note={text('keeping.note')}>
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={4} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
      {governs(role) && <SweepList ws={ws} />}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: StoredKeeping; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const { data: catalog } = useQuery(catalogQuery(ws))
  const { now: keeping, change, discard, isChanged, saving } = useDraft({ version: stored.version, value: stored.keeping }, readAgain, (version, next) => changeKeeping(ws, version, next))
  const trying = useMutation({ mutationFn: (tried: Keeping) => previewKeeping(ws, tried), onError: toastFailure })
  // What was tried may have been other limits.
  const effect = trying.variables === keeping ? trying.data : undefined
  const adminsOnly = governs(role) ? undefined : text('settings.adminsOnly')
  const refused = adminsOnly ?? (!isChanged ? text('settings.nothingNew') : effect === undefined ? text('keeping.tryFirst') : undefined)
  const events = keeping.events ?? []
  return (
    <>
      <div className={style.days}>
        <TextField
          label={text('keeping.days')}
          hint={text('keeping.daysHint')}
          type="number"
          min={1}
          value={typedDays(keeping.days)}
          placeholder={text('keeping.forEver')}
          onChange={(typed) => change((now) => ({ ...now, days: daysOf(typed) }))}
        />
      </div>
      {events.length > 0 && (
        <ul className={style.kept} aria-label={text('keeping.events')}>
          {events.map((it) => (
            <li key={it.event}>
              <span>{it.event}</span>
              <TextField
                size="s"
                labelHidden
                label={text('keeping.eventDays', { event: it.event })}
                type="number"
                min={1}
                value={typedDays(it.days)}
                placeholder={text('keeping.forEver')}
                onChange={(typed) => change((now) => withEventDays(now, it.event, daysOf(typed)))}
              />
              <IconButton size="s" icon="trash" label={text('keeping.removeEvent', { event: it.event })} onClick={() => change((now) => withoutEvent(now, it.event))} />
            </li>
          ))}
        </ul>
      )}
      <AddNamed
        label={text('keeping.addEvent')}
        known={(catalog?.names ?? []).map((it) => it.name)}
        faultOf={(name) => (events.some((it) => it.event === name) ? text('keeping.twice') : undefined)}
        onAdd={(name) => change((now) => withEvent(now, name))}
      />
      {effect !== undefined && <KeepingEffect preview={effect} />}
      <SectionEnd note={stored.next == null ? text('keeping.holds') : text('keeping.next', { time: format.moment(stored.next) })}>
        {isChanged && <Button onClick={discard}>{text('draft.discard')}</Button>}
        <RemoveNow ws={ws} onAsked={trying.reset} refused={adminsOnly ?? (isChanged ? text('keeping.saveFirst') : limitsNothing(keeping) ? text('keeping.noLimit') : undefined)} />
        <Button aria-busy={trying.isPending} refused={adminsOnly} onClick={() => trying.mutate(keeping)}>
          {text('keeping.try')}
        </Button>
        <Button
          look="primary"
          aria-busy={saving.isPending}
          refused={refused}
          onClick={() => saving.mutate(undefined, { onSuccess: () => toast(text('keeping.saved')), onError: toastFailure })}
        >
          {text('keeping.save')}
        </Button>
      </SectionEnd>
    </>
  )
}

type RemoveNowProps = {
  readonly ws: string
  readonly refused: string | undefined
  /** What would have gone is about to be gone. */
  readonly onAsked: () => void
}

function RemoveNow({ ws, refused, onAsked }: RemoveNowProps) {
  const text = useText()
  const [isAsking, setAsking] = useState(false)
  const removing = useMutation({
    mutationFn: () => askSweep(ws),
    onSuccess: () => {
      onAsked()
      toast(text('keeping.asked'))
    },
    onError: toastFailure,
  })
  return (
    <>
      <Button aria-busy={removing.isPending} refused={refused} onClick={() => setAsking(true)}>
        {text('keeping.remove')}
      </Button>
      {isAsking && (
        <ConfirmDelete
          title={text('keeping.removeTitle')}
          note={text('keeping.removeNote')}
          action={text('keeping.remove')}
          onConfirm={() => removing.mutate()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeSchedule, deleteSchedule, type Delivery, type ScheduleEntry, type ScheduleOf, schedulesQuery, testSchedule } from '../api/schedule.ts'
import { canPublish } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Menu } from '../ui/menu.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { useNow } from '../ui/use-now.ts'
import style from './dialogs.module.css'
import { ScheduleForm } from './schedule-form.tsx'
import { nextWords, rhythmWords } from './schedule-words.ts'

type ScheduleDialogProps = { readonly of: ScheduleOf; readonly title: string; readonly onClose: () => void }

/** What is sent by itself: when, to whom, when next, and what became of it. */
export function ScheduleDialog({ of, title, onClose }: ScheduleDialogProps) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const schedules = useQuery(schedulesQuery(ws))
  const [form, setForm] = useState<ScheduleEntry | 'new' | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const refused = canPublish(role) ? undefined : text('schedule.cannot')
  const own = schedules.data?.schedules.filter((it) => JSON.stringify(it.schedule.of) === JSON.stringify(of))
  const button = (
    <Button look="primary" icon="plus" refused={refused} onClick={() => setForm('new')}>
      {text('schedule.new')}
    </Button>
  )
  return (
    <Dialog title={form === null ? text('schedule.title') : text(form === 'new' ? 'schedule.new' : 'schedule.edit')} width={600} onClose={onClose}>
      {schedules.error !== null ? (
        <Failed small error={schedules.error} onRetry={() => void schedules.refetch()} />
      ) : schedules.data === undefined || own === undefined ? (
        <Loading rows={4} />
      ) : form !== null ? (
        <ScheduleForm
          of={of}
          title={title}
          entry={form === 'new' ? null : form}
          canMail={schedules.data.can_mail}
          onDone={(made) => {
            setForm(null)
            setSecret(made)
          }}
        />
      ) : (
        <>
          {secret !== null && <Secret secret={secret} />}
          {own.length === 0 ? (
            <Empty small title={text('schedule.none')} actions={button}>
              {text('schedule.noneNote')}
            </Empty>
          ) : (
            <>
              <ul className={style.list} aria-label={text('schedule.title')}>
                {own.map((it) => (
                  <Entry key={it.id} entry={it} refused={refused} onEdit={() => setForm(it)} />
                ))}
              </ul>
              <div className={style.more}>{button}</div>
            </>
          )}
        </>
      )}
    </Dialog>
  )
}

function Secret({ secret }: { readonly secret: string }) {
  const text = useText()
  const copy = async () => {
    await navigator.clipboard.writeText(secret)
    toast(text('schedule.secretCopied'))
  }
  return (
    <div className={style.made} role="status">
      <p>{text('schedule.secretOnce')}</p>
      <div className={style.secret}>
        <input readOnly aria-label={text('schedule.secret')} value={secret} onFocus={(event) => event.currentTarget.select()} />
        <Button icon="copy" onClick={() => void copy()}>
          {text('share.copy')}
        </Button>
      </div>
    </div>
  )
}

function Entry({ entry, refused, onEdit }: { readonly entry: ScheduleEntry; readonly refused: string | undefined; readonly onEdit: () => void }) {
  const text = useText()
  const format = useFormat()
  const locale = useLocale()
  const now = useNow()
  const { id: ws } = useWorkspace()
  const { schedule, next_due: due, open, recent } = entry
  const test = useMutation({
    mutationFn: () => testSchedule(ws, entry.id),
    onSuccess: (delivery) => toast(text('schedule.testEnded', { outcome: text(`schedule.outcomes.${delivery.outcome}`) })),
    onError: toastFailure,
  })
  const pause = useMutation({ mutationFn: () => changeSchedule(ws, entry, { ...schedule, is_paused: schedule.is_paused !== true }), onError: toastFailure })
  const remove = useMutation({ mutationFn: () => deleteSchedule(ws, entry.id), onSuccess: () => toast(text('schedule.deleted')), onError: toastFailure })
  const isMail = 'mail' in schedule.to
  const last = recent[0]
  return (
    <li className={style.schedule}>
      <span className={style.sign} data-paused={schedule.is_paused || undefined}>
        <Icon name={isMail ? 'mail' : 'link'} size={16} />
      </span>
      <span className={style.words}>
        <b>{rhythmWords(text, locale, schedule)}</b>
        <span className={style.quiet}>{'mail' in schedule.to ? schedule.to.mail.join(text('list.and')) : schedule.to.webhook}</span>
        <span className={style.quiet}>{nextWords(text, format, due, now)}</span>
        {open != null && open.tries > 0 && <span className={style.warn}>{open.next == null ? text('schedule.sending') : text('schedule.again', { tries: open.tries, time: format.moment(open.next) })}</span>}
        {last !== undefined && <Last delivery={last} />}
      </span>
      <span className={style.tools}>
        <Button size="s" refused={refused} aria-busy={test.isPending} onClick={() => test.mutate()}>
          {text('schedule.test')}
        </Button>
        <Menu
          label={text('schedule.menu')}
          side="bottom-end"
          groups={[
            {
              items: [
                { key: 'edit', label: text('schedule.edit'), icon: 'edit', refused, run: onEdit },
                { key: 'pause', label: text(schedule.is_paused === true ? 'schedule.resume' : 'schedule.pause'), icon: schedule.is_paused === true ? 'play' : 'pause', refused, run: () => pause.mutate() },
              ],
            },
            { items: [{ key: 'delete', label: text('report.delete'), icon: 'trash', danger: true, refused, run: () => remove.mutate() }] },
          ]}
        >
          {(target) => <IconButton {...target} size="s" icon="more" label={text('schedule.menu')} />}
        </Menu>
      </span>
    </li>
  )
}

/** How the newest delivery ended, with what the other side said where it did not go well. */
function Last({ delivery }: { readonly delivery: Delivery }) {
  const text = useText()
  const isSent = delivery.outcome === 'sent'
  return (
    <span className={isSent ? style.good : style.bad}>
      <Icon name={isSent ? 'check' : 'warning'} size={13} />
      <span>
        {text(delivery.is_test ? 'schedule.lastTest' : 'schedule.last')} {text(`schedule.outcomes.${delivery.outcome}`)} · <Age time={delivery.ended} />
        {!isSent && <span className={style.said}>{delivery.message}</span>}
      </span>
    </span>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { changeSchedule, makeSchedule, type Schedule, type ScheduleEntry, type ScheduleOf } from '../api/schedule.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { ApiError } from '../lib/api-error.ts'
import { localeNames } from '../lib/locale-names.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Segments } from '../ui/segments.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './dialogs.module.css'
import { addressesOf, dayName, type Kind, kindOfRepeat, repeatOf, rhythmWords } from './schedule-words.ts'

type FormProps = {
  readonly of: ScheduleOf
  readonly title: string
  /** The one that is changed; none for a new one. */
  readonly entry: ScheduleEntry | null
  readonly canMail: boolean
  /** Called with the secret of a new webhook. */
  readonly onDone: (secret: string | null) => void
}

const kinds = ['day', 'week', 'month'] as const
const languages = ['en', 'zh-CN', 'zh-TW'] as const
const weekDays = [1, 2, 3, 4, 5, 6, 7]
const monthDays = Array.from({ length: 31 }, (_, index) => index + 1)

/** Asks when something is sent, and to whom. */
export function ScheduleForm({ of, title, entry, canMail, onDone }: FormProps) {
  const text = useText()
  const locale = useLocale()
  const zones = useId()
  const { id: ws, zone: usualZone } = useWorkspace()
  const before = entry?.schedule
  const [to, setTo] = useState<'mail' | 'webhook'>(before === undefined ? (canMail ? 'mail' : 'webhook') : 'mail' in before.to ? 'mail' : 'webhook')
  const [addresses, setAddresses] = useState(before !== undefined && 'mail' in before.to ? before.to.mail.join(', ') : '')
  const [url, setUrl] = useState(before !== undefined && 'webhook' in before.to ? before.to.webhook : '')
  const [kind, setKind] = useState<Kind>(before === undefined ? 'week' : kindOfRepeat(before.every))
  const [day, setDay] = useState(before === undefined || before.every === 'day' ? 1 : 'week' in before.every ? before.every.week : before.every.month)
  const [at, setAt] = useState(before?.at.slice(0, 5) ?? '08:00')
  const [zone, setZone] = useState(before?.zone ?? usualZone)
  const [language, setLanguage] = useState<NonNullable<Schedule['language']>>(before?.language ?? locale)
  const schedule: Schedule = {
    title,
    of,
    every: repeatOf(kind, day),
    at,
    zone: zone.trim(),
    to: to === 'mail' ? { mail: addressesOf(addresses) } : { webhook: url.trim() },
    language,
    is_paused: before?.is_paused ?? false,
  }
  const save = useMutation({
    mutationFn: async () => {
      if (entry !== null) {
        await changeSchedule(ws, entry, schedule)
        return null
      }
      return (await makeSchedule(ws, schedule)).secret ?? null
    },
    onSuccess: (secret) => {
      toast(text('schedule.saved'))
      onDone(secret)
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.faults.length === 0) toastFailure(error)
    },
  })
  const faults = save.error instanceof ApiError ? save.error.faults : []
  const faultAt = (place: string) => faults.find((it) => it.place.startsWith(place))?.message
  const lack = to === 'mail' && addressesOf(addresses).length === 0 ? text('schedule.addressFirst') : to === 'webhook' && url.trim() === '' ? text('schedule.urlFirst') : undefined
  return (
    <form
      className={style.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (lack === undefined && !save.isPending) save.mutate()
      }}
    >
      <Segments
        label={text('schedule.how')}
        value={to}
        segments={[
          { value: 'mail', label: text('schedule.mail'), icon: 'mail' },
          { value: 'webhook', label: text('schedule.webhook'), icon: 'link' },
        ]}
        onChange={setTo}
      />
      {to === 'mail' ? (
        <>
          {!canMail && (
            <p className={style.warn} role="note">
              {text('schedule.noMail')}
            </p>
          )}
          <TextArea label={text('schedule.addresses')} hint={text('schedule.addressesHint')} fault={faultAt('to.mail')} rows={2} value={addresses} onChange={setAddresses} />
        </>
      ) : (
        <TextField label={text('schedule.url')} type="url" mono hint={text('schedule.urlHint')} fault={faultAt('to.webhook')} placeholder={text('schedule.urlExample')} value={url} onChange={setUrl} />
      )}
      <div className={style.row}>
        <SelectField label={text('schedule.every')} value={kind} choices={kinds.map((value) => ({ value, label: text(`schedule.kinds.${value}`) }))} onChange={setKind} />
        {kind !== 'day' && (
          <SelectField
            label={text('schedule.day')}
            value={String(Math.min(day, kind === 'week' ? 7 : 31))}
            choices={(kind === 'week' ? weekDays : monthDays).map((it) => ({ value: String(it), label: kind === 'week' ? dayName(it, locale) : String(it) }))}
            onChange={(value) => setDay(Number(value))}
          />
        )}
        <TextField label={text('schedule.at')} type="time" required value={at} onChange={setAt} />
        <TextField label={text('schedule.zone')} list={zones} required fault={faultAt('zone')} value={zone} onChange={setZone} />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
        {to === 'mail' && (
          <SelectField label={text('schedule.language')} value={language} choices={languages.map((value) => ({ value, label: localeNames[value] }))} onChange={setLanguage} />
        )}
      </div>
      <p className={style.quiet}>{rhythmWords(text, locale, schedule)}</p>
      <div className={style.buttons}>
        <Button onClick={() => onDone(null)}>{text('look.cancel')}</Button>
        <Button type="submit" look="primary" refused={lack} aria-busy={save.isPending}>
          {text('schedule.save')}
        </Button>
      </div>
    </form>
  )
}

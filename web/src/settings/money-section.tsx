import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { changeMoney, moneyQuery, type StoredMoney } from '../api/money.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ApiError } from '../lib/api-error.ts'
import { Button } from '../ui/button.tsx'
import { FaultList } from '../ui/fault-list.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { draftOf, type MoneyDraft, ratesCount, rulesOf } from './money.ts'
import style from './settings.module.css'

/** In which currency amounts are read, and what others are worth in it. */
export function MoneySection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery(moneyQuery(ws))
  return (
    <Section
      title={text('money.title')}
      note={text('money.note')}
      aside={
        <Link to="/w/$ws/quality" params={{ ws }}>
          {text('money.quality')}
        </Link>
      }
    >
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={4} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: StoredMoney; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const { now, change, discard, isChanged, saving } = useDraft<MoneyDraft>({ version: stored.version, value: draftOf(stored.rules) }, readAgain, (version, next) =>
    changeMoney(ws, version, rulesOf(next)),
  )
  const adminsOnly = governs(role) ? undefined : text('settings.adminsOnly')
  const readOnly = adminsOnly !== undefined
  const faults = saving.error instanceof ApiError ? saving.error.faults : []
  const count = ratesCount(now.rates)
  const set = (part: Partial<MoneyDraft>) => change((it) => ({ ...it, ...part }))
  return (
    <div className={style.forms}>
      <div className={style.form}>
        <TextField label={text('money.currency')} hint={text('money.currencyHint')} value={now.currency} maxLength={10} readOnly={readOnly} onChange={(currency) => set({ currency: currency.toUpperCase() })} />
        <TextField label={text('money.property')} hint={text('money.propertyHint')} value={now.currencyProperty} readOnly={readOnly} onChange={(currencyProperty) => set({ currencyProperty })} />
        <TextField label={text('money.zone')} hint={text('money.zoneHint')} value={now.zone} readOnly={readOnly} onChange={(zone) => set({ zone })} />
      </div>
      <TextArea label={text('money.properties')} hint={text('money.propertiesHint')} rows={5} value={now.properties} readOnly={readOnly} onChange={(properties) => set({ properties })} />
      <TextArea
        label={text('money.rates')}
        hint={text('money.ratesHint')}
        rows={8}
        spellCheck={false}
        placeholder={'currency,from,rate\nUSD,2026-01-01,0.92'}
        value={now.rates}
        readOnly={readOnly}
        onChange={(rates) => set({ rates })}
      />
      <FaultList faults={faults} />
      <SectionEnd note={text('money.ratesCount', { count, shown: format.count(count) })}>
        {isChanged && <Button onClick={discard}>{text('draft.discard')}</Button>}
        <ChooseRates refused={adminsOnly} onRead={(rates) => set({ rates })} />
        <Button
          look="primary"
          aria-busy={saving.isPending}
          refused={adminsOnly ?? (isChanged ? undefined : text('settings.nothingNew'))}
          onClick={() => saving.mutate(undefined, { onSuccess: () => toast(text('money.saved')), onError: toastFailure })}
        >
          {text('money.save')}
        </Button>
      </SectionEnd>
    </div>
  )
}

/** A file of rates takes the place of what is written; nothing holds before it is saved. */
function ChooseRates({ refused, onRead }: { readonly refused: string | undefined; readonly onRead: (rates: string) => void }) {
  const text = useText()
  const input = useRef<HTMLInputElement>(null)
  const read = useMutation({ mutationFn: (file: File) => file.text(), onSuccess: onRead, onError: toastFailure })
  return (
    <>
      <Button aria-busy={read.isPending} refused={refused} onClick={() => input.current?.click()}>
        {text('money.file')}
      </Button>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={text('money.fileOf')}
        accept=".csv,.tsv,.txt"
        disabled={refused !== undefined}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file !== undefined) read.mutate(file)
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CostFile, costLookQuery, type CostMapping, type CostOutcome, costsQuery, storeCosts } from '../api/cost.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { type CostPart, columnOf, costParts, dayOrders, typedCurrency, withColumn } from './cost-columns.ts'
import { CostFaults, CostSample } from './cost-look.tsx'
import style from './source.module.css'

type EditorProps = { readonly file: CostFile; readonly onDone: () => void }

/** Says what the columns of a file of costs mean, beside what storing it would do. */
export function CostEditor({ file, onDone }: EditorProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const [chosen, setChosen] = useState<CostMapping | null>(null)
  const look = useQuery(costLookQuery(ws, file, chosen))
  const stored = useQuery(costsQuery(ws))
  const outcome = look.data
  const faults = outcome?.faults_count ?? 0
  const store = useMutation({
    mutationFn: () => storeCosts(ws, file, chosen, faults > 0),
    onSuccess: ({ amount, currency }) => {
      toast(text('cost.stored', { amount: currency == null ? amount : format.money(Number(amount), currency) }))
      onDone()
    },
    onError: toastFailure,
  })
  const refused = look.error !== null ? text('source.mendFirst') : outcome === undefined ? text('cost.looking') : outcome.obstacle != null ? text('cost.mendFirst') : undefined
  const mapping = chosen ?? outcome?.mapping
  return (
    <Section
      title={text('source.mapping')}
      note={`${file.name} · ${format.bytes(file.bytes)}`}
      aside={
        <Button size="s" look="quiet" onClick={onDone}>
          {text('source.otherFile')}
        </Button>
      }
    >
      {look.error !== null && <Failed small error={look.error} />}
      {mapping === undefined || outcome === undefined ? (
        look.error === null && <Loading rows={4} />
      ) : (
        <div className={style.mapping}>
          <Parts mapping={mapping} outcome={outcome} currency={stored.data?.currency ?? null} onChange={setChosen} />
          <div className={style.outcome}>
            <CostSample outcome={outcome} />
            <CostFaults outcome={outcome} />
          </div>
        </div>
      )}
      <div className={style.finish}>
        <Button look="primary" refused={refused} aria-busy={store.isPending} onClick={() => store.mutate()}>
          {faults > 0 ? text('cost.storeRest') : text('cost.store')}
        </Button>
        <span className={style.quiet}>{text('cost.storeNote')}</span>
      </div>
    </Section>
  )
}

type PartsProps = {
  readonly mapping: CostMapping
  readonly outcome: CostOutcome
  /** The currency of what is stored. */
  readonly currency: string | null
  readonly onChange: (mapping: CostMapping) => void
}

function Parts({ mapping, outcome, currency, onChange }: PartsProps) {
  const text = useText()
  const choices = [{ value: '', label: text('source.noColumn') }, ...outcome.columns.map((it) => ({ value: it, label: it }))]
  const column = (part: CostPart) => (
    <SelectField key={part} size="s" label={text(`cost.part.${part}`)} value={columnOf(mapping, part)} choices={choices} onChange={(next) => onChange(withColumn(mapping, part, next))} />
  )
  return (
    <div className={style.parts}>
      {costParts.map((part) => (
        <div key={part} className={style.part}>
          {column(part)}
          {part === 'day' && (
            <SelectField
              size="s"
              label={text('cost.dayOrder')}
              value={mapping.day_order ?? 'year'}
              choices={dayOrders.map((value) => ({ value, label: text(`cost.dayOrders.${value}`) }))}
              onChange={(day_order) => onChange({ ...mapping, day_order })}
            />
          )}
          {part === 'amount' && (
            <SelectField
              size="s"
              label={text('cost.unit')}
              value={mapping.in_micros === true ? 'micros' : 'units'}
              choices={(['units', 'micros'] as const).map((value) => ({ value, label: text(`cost.units.${value}`) }))}
              onChange={(unit) => onChange({ ...mapping, in_micros: unit === 'micros' })}
            />
          )}
          {part === 'currency' && mapping.currency == null && (
            <TextField
              size="s"
              mono
              label={text('cost.currencyElse')}
              placeholder={currency ?? 'EUR'}
              value={mapping.currency_else ?? ''}
              onChange={(code) => onChange({ ...mapping, currency_else: typedCurrency(code) === '' ? null : typedCurrency(code) })}
            />
          )}
        </div>
      ))}
    </div>
  )
}

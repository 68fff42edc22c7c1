import { useQuery } from '@tanstack/react-query'
import { costsQuery } from '../api/cost.ts'
import type { LiftCost } from '../api/lift.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { MatcherPicker, type MatcherSource } from '../ui/matcher-picker.tsx'
import style from './funnel.module.css'
import { type CostKind, costKinds, isAmount, kindOfCost } from './lift.ts'

type ChoiceProps = { readonly cost: LiftCost | null; readonly source: MatcherSource; readonly onChange: (cost: LiftCost | null) => void }

/** What the treatment cost: a sum for each person or contact, or what is stored of campaigns. */
export function LiftCostChoice({ cost, source, onChange }: ChoiceProps) {
  const text = useText()
  const kind = kindOfCost(cost)
  return (
    <div className={style.choices}>
      <SelectField size="s" label={text('lift.paidBy')} value={kind} choices={costKinds.map((value) => ({ value, label: text(`lift.costs.${value}`) }))} onChange={(next) => onChange(startOfCost(next))} />
      {cost !== null && 'each' in cost && (
        <>
          <TextField
            size="s"
            inputMode="decimal"
            label={text(kind === 'contact' ? 'lift.amountContact' : 'lift.amountPerson')}
            hint={text('lift.amountNote')}
            fault={isAmount(cost.each.amount) ? undefined : text('lift.amountFault')}
            value={cost.each.amount}
            onChange={(amount) => onChange({ each: { ...cost.each, amount } })}
          />
          {cost.each.contact != null && <MatcherPicker label={text('lift.contact')} value={cost.each.contact} source={source} onChange={(contact) => onChange({ each: { ...cost.each, contact } })} />}
        </>
      )}
      {cost !== null && 'campaigns' in cost && <Campaigns chosen={cost.campaigns} onChange={(campaigns) => onChange({ campaigns })} />}
    </div>
  )
}

function startOfCost(kind: CostKind): LiftCost | null {
  switch (kind) {
    case 'none':
      return null
    case 'person':
      return { each: { amount: '1' } }
    case 'contact':
      return { each: { amount: '1', contact: {} } }
    case 'campaigns':
      return { campaigns: [] }
  }
}

function Campaigns({ chosen, onChange }: { readonly chosen: readonly string[]; readonly onChange: (campaigns: string[]) => void }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(costsQuery(ws))
  const stored = (data?.lines ?? []).map((it) => it.campaign).filter((it) => it !== '')
  const names = [...new Set([...chosen, ...stored])].sort()
  if (data !== undefined && names.length === 0) return <p className={style.quiet}>{text('cost.none')}</p>
  return (
    <div role="group" aria-label={text('lift.campaigns')}>
      <p className={style.quiet}>{text('lift.campaigns')}</p>
      {names.map((name) => (
        <label key={name} className={style.check}>
          <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((it) => it !== name))} />
          {name}
        </label>
      ))}
    </div>
  )
}

import type { CrmRule } from '../api/crm.ts'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from '../ui/button.tsx'
import { type Choice, SelectField, TextField } from '../ui/field.tsx'
import { leaders, partsOf, valueOf, type What, whats } from './crm.ts'
import style from './settings.module.css'

/** What rules can name. */
export type CrmNames = { readonly traits: readonly string[]; readonly maps: readonly Choice<string>[]; readonly segments: readonly Choice<string>[] }

type CrmRuleRowProps = {
  readonly rule: CrmRule
  readonly number: number
  readonly names: CrmNames
  readonly onChange: (rule: CrmRule) => void
  readonly onRemove: () => void
}

/** One property that is written. */
export function CrmRuleRow({ rule, number, names, onChange, onRemove }: CrmRuleRowProps) {
  const text = useText()
  const { what, name } = partsOf(rule.what)
  const listId = `crm-traits-${number}`
  const setName = (next: string) => onChange({ ...rule, what: valueOf(what, next) })
  const choices = (of: What): readonly Choice<string>[] => (of === 'segment' ? names.segments : of === 'trait' ? [] : names.maps)
  return (
    <fieldset className={style.rule}>
      <legend className="visually-hidden">{text('crm.rule', { number })}</legend>
      <SelectField
        size="s"
        label={text('crm.what')}
        value={what}
        choices={whats.map((value) => ({ value, label: text(`crm.whatIs.${value}`) }))}
        onChange={(next) => onChange({ ...rule, what: valueOf(next, choices(next)[0]?.value ?? '') })}
      />
      {what === 'trait' ? (
        <>
          <TextField size="s" label={text('crm.name.trait')} value={name} list={listId} autoComplete="off" onChange={setName} />
          <datalist id={listId}>
            {names.traits.map((it) => (
              <option key={it} value={it} />
            ))}
          </datalist>
        </>
      ) : (
        <SelectField size="s" label={text(`crm.name.${what === 'segment' ? 'segment' : 'map'}`)} value={name} choices={offered(choices(what), name, text('crm.choose'))} onChange={setName} />
      )}
      <TextField size="s" mono label={text('crm.property')} value={rule.property} autoComplete="off" maxLength={100} onChange={(property) => onChange({ ...rule, property: property.trim() })} />
      <SelectField
        size="s"
        label={text('crm.leads')}
        value={rule.leads}
        choices={leaders.map((value) => ({ value, label: text(`crm.leadsIs.${value}`) }))}
        onChange={(leads) => onChange({ ...rule, leads })}
      />
      <IconButton icon="trash" label={text('crm.removeRule', { number })} onClick={onRemove} />
    </fieldset>
  )
}

/** What is chosen stays among the choices, though it is there no longer. */
function offered(choices: readonly Choice<string>[], chosen: string, none: string): readonly Choice<string>[] {
  if (choices.some((it) => it.value === chosen)) return choices
  return [{ value: chosen, label: chosen === '' ? none : chosen }, ...choices]
}

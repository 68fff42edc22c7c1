import type { Drivers } from '../api/drivers.ts'
import type { Funnel } from '../api/funnel.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { toggled } from './drivers.ts'
import { fieldChoices } from './field-choices.ts'
import { NamedSteps } from './named-steps.tsx'
import style from './funnel.module.css'

type BuilderProps = { readonly drivers: Drivers; readonly edit: (change: Partial<Drivers>) => void; readonly editFunnel: (change: Partial<Funnel>) => void }

/** Whose ways are looked at, and what of them. */
export function DriversBuilder({ drivers, edit, editFunnel }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const { funnel, fields = ['event'], entry_fields: entryFields = [] } = drivers
  const window = funnel.window ?? { whole: '7d' }
  const span = window === 'unlimited' ? '' : 'whole' in window ? window.whole : window.each
  return (
    <div className={style.builder}>
      <Section title={text('drivers.way')} note={text('drivers.wayNote')}>
        <NamedSteps label={text('funnel.steps')} steps={funnel.steps} onChange={(steps) => editFunnel({ steps: steps.map(({ name, matcher }) => ({ name, matcher })) })} />
        <div className={style.choices}>
          <TextField size="s" label={text('drivers.within')} hint={text('funnel.spanHint')} value={span} onChange={(whole) => editFunnel({ window: { whole } })} />
        </div>
      </Section>
      <Section title={text('drivers.candidates')}>
        <div className={style.choices}>
          <Fields label={text('drivers.onTheWay')} chosen={fields} seen={source.fields.map((it) => it.field)} onChange={(next) => edit({ fields: next })} />
          <Fields label={text('drivers.atEntry')} chosen={entryFields} seen={source.fields.map((it) => it.field)} onChange={(next) => edit({ entry_fields: next })} />
          <SelectField
            size="s"
            label={text('drivers.falseShare')}
            value={String(drivers.false_permille ?? 50)}
            choices={[...new Set([10, 50, 100, drivers.false_permille ?? 50])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: `${it / 10} %` }))}
            onChange={(value) => edit({ false_permille: Number(value) })}
          />
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={funnel.filter?.rule} source={source} onChange={(rule) => editFunnel({ filter: rule === null ? null : { rule, when: 'before' } })} />
      </Section>
    </div>
  )
}

type FieldsProps = { readonly label: string; readonly chosen: readonly string[]; readonly seen: readonly string[]; readonly onChange: (fields: readonly string[]) => void }

const always = ['event', 'touchpoint', 'channel'] as const

/** Fields that are looked at: the usual ones to tick, any other to add. */
function Fields({ label, chosen, seen, onChange }: FieldsProps) {
  const text = useText()
  const listed = [...always, ...chosen.filter((it) => !always.some((usual) => usual === it))]
  const others = fieldChoices(seen).filter((it) => !listed.includes(it.value))
  return (
    <fieldset className={style.fields}>
      <legend>{label}</legend>
      {listed.map((field) => (
        <label key={field} className={style.check}>
          <input type="checkbox" checked={chosen.includes(field)} onChange={() => onChange(toggled(chosen, field))} />
          {field === 'event' || field === 'touchpoint' || field === 'channel' ? text(`drivers.fields.${field}`) : field}
        </label>
      ))}
      <SelectField
        size="s"
        label={text('drivers.addField')}
        labelHidden
        value=""
        choices={[{ value: '', label: text('drivers.addField') }, ...others]}
        onChange={(field) => field !== '' && onChange(toggled(chosen, field))}
      />
    </fieldset>
  )
}

import type { Drivers } from '../api/drivers.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { comparedFields, toggled } from './drivers.ts'
import { fieldChoices } from './field-choices.ts'
import { NamedSteps } from './named-steps.tsx'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly drivers: Drivers; readonly edit: (change: Partial<Drivers>) => void }

const usual = ['event', 'touchpoint', 'channel'] as const

/** Whose ways are looked at, and what of them. */
export function DriversBuilder({ drivers, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { steps, fields = ['event'], entry_fields: entryFields = [], traits = [], false_permille: falsePermille = 50 } = drivers
  const seen = fieldChoices(source.fields.map((it) => it.field), text)
  const compared = comparedFields(source.fields.map((it) => it.field))
  const known = source.traits.fields.map((it) => ({ value: it.field, label: it.field }))
  return (
    <div className={style.builder}>
      <Section title={text('drivers.way')} note={text('drivers.wayNote')}>
        <NamedSteps label={text('funnel.steps')} steps={steps} onChange={(next) => edit({ steps: next.map(({ name, matcher }) => ({ name, matcher })) })} />
        <div className={style.choices}>
          <SpanField label={text('drivers.within')} value={drivers.within ?? '7d'} onChange={(within) => edit({ within })} />
        </div>
      </Section>
      <Section title={text('drivers.candidates')}>
        <div className={style.choices}>
          <Sources label={text('drivers.onTheWay')} usual={usual} chosen={fields} all={seen} onChange={(next) => edit({ fields: next })} />
          <Sources label={text('drivers.atEntry')} usual={['channel', 'touchpoint']} chosen={entryFields} all={seen} onChange={(next) => edit({ entry_fields: next })} />
          {(known.length > 0 || traits.length > 0) && <Sources label={text('drivers.traits')} usual={[]} chosen={traits} all={known} onChange={(next) => edit({ traits: next })} />}
          <SelectField
            size="s"
            label={text('drivers.falseShare')}
            value={String(falsePermille)}
            choices={[...new Set([10, 50, 100, falsePermille])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('drivers.atMost', { share: `${it / 10} %` }) }))}
            onChange={(value) => edit({ false_permille: Number(value) })}
          />
        </div>
      </Section>
      <Section title={text('weights.among')} note={text('weights.amongNote')}>
        {compared.length > 0 && !compared.every((it) => fields.includes(it)) && (
          <Button size="s" icon="compare" onClick={() => edit({ fields: compared, entry_fields: [] })}>
            {text('weights.compare')}
          </Button>
        )}
        <FilterBuilder rule={drivers.among} source={source} onChange={(among) => edit({ among })} />
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={drivers.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

type SourcesProps = {
  readonly label: string
  /** Offered without being looked for. */
  readonly usual: readonly string[]
  readonly chosen: readonly string[]
  readonly all: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (names: readonly string[]) => void
}

/** Fields or traits that are looked at: the usual ones to tick, any other to add. */
function Sources({ label, usual: offered, chosen, all, onChange }: SourcesProps) {
  const text = useText()
  const listed = [...offered, ...chosen.filter((it) => !offered.includes(it))]
  const others = all.filter((it) => !listed.includes(it.value))
  return (
    <fieldset className={style.fields}>
      <legend>{label}</legend>
      {listed.map((name) => (
        <label key={name} className={style.check}>
          <input type="checkbox" checked={chosen.includes(name)} onChange={() => onChange(toggled(chosen, name))} />
          {usual.some((it) => it === name) ? text(`drivers.fields.${usual.find((it) => it === name) ?? 'event'}`) : name}
        </label>
      ))}
      {others.length > 0 && (
        <SelectField
          size="s"
          label={text('drivers.addTo', { name: label })}
          labelHidden
          value=""
          choices={[{ value: '', label: text('drivers.addField') }, ...others]}
          onChange={(name) => name !== '' && onChange(toggled(chosen, name))}
        />
      )}
    </fieldset>
  )
}

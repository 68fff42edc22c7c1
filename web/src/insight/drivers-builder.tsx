import type { Drivers } from '../api/drivers.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { comparedFields } from './drivers.ts'
import { fieldChoices } from './field-choices.ts'
import { NameTicks } from './name-ticks.tsx'
import { NamedSteps } from './named-steps.tsx'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly drivers: Drivers; readonly edit: (change: Partial<Drivers>) => void }

/** Fields that are offered without being looked for. */
const usual = ['event', 'channel', 'touchpoint'] as const

/** Whose ways are looked at, and what of them. */
export function DriversBuilder({ drivers, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { steps, fields = ['event'], entry_fields: entryFields = [], traits = [], false_permille: falsePermille = 50 } = drivers
  const seen = fieldChoices(source.fields.map((it) => it.field), text)
  const offered = usual.map((value) => ({ value, label: text(`drivers.fields.${value}`) }))
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
          <NameTicks label={text('drivers.onTheWay')} usual={offered} chosen={fields} all={seen} onChange={(next) => edit({ fields: next })} />
          <NameTicks label={text('drivers.atEntry')} usual={offered.filter((it) => it.value !== 'event')} chosen={entryFields} all={seen} onChange={(next) => edit({ entry_fields: next })} />
          {(known.length > 0 || traits.length > 0) && <NameTicks label={text('drivers.traits')} chosen={traits} all={known} onChange={(next) => edit({ traits: next })} />}
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

import type { Reason, Reasons } from '../api/reasons.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { toggled } from './drivers.ts'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { NamedReasons } from './named-reasons.tsx'
import { NamedSteps } from './named-steps.tsx'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly reasons: Reasons; readonly edit: (change: Partial<Reasons>) => void; readonly suggested: readonly Reason[] }

/** Whose ways are looked at, and what may stand in them. */
export function ReasonsBuilder({ reasons, edit, suggested }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { steps, quotes = [], false_permille: falsePermille = 50 } = reasons
  const fields = fieldChoices(source.fields.map((it) => it.field), text)
  const texts = fields.filter((it) => it.value.startsWith('properties.') && !quotes.includes(it.value))
  return (
    <div className={style.builder}>
      <Section title={text('drivers.way')} note={text('drivers.wayNote')}>
        <NamedSteps label={text('funnel.steps')} steps={steps} onChange={(next) => edit({ steps: next.map(({ name, matcher }) => ({ name, matcher })) })} />
        <div className={style.choices}>
          <SpanField label={text('drivers.within')} value={reasons.within ?? '7d'} onChange={(within) => edit({ within })} />
        </div>
      </Section>
      <Section title={text('reasons.list')}>
        <NamedReasons reasons={reasons.reasons} suggested={suggested} fields={fields} onChange={(next) => edit({ reasons: next })} />
      </Section>
      <Section title={text('reasons.quotes')}>
        <fieldset className={style.fields}>
          <legend>{text('reasons.quotesFrom')}</legend>
          {quotes.map((field) => (
            <label key={field} className={style.check}>
              <input type="checkbox" checked onChange={() => edit({ quotes: toggled(quotes, field) })} />
              {field}
            </label>
          ))}
          {texts.length > 0 && (
            <SelectField
              size="s"
              label={text('drivers.addTo', { name: text('reasons.quotesFrom') })}
              labelHidden
              value=""
              choices={[{ value: '', label: text('drivers.addField') }, ...texts]}
              onChange={(field) => field !== '' && edit({ quotes: toggled(quotes, field) })}
            />
          )}
        </fieldset>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={reasons.filter} source={source} onChange={(filter) => edit({ filter })} />
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('drivers.falseShare')}
            value={String(falsePermille)}
            choices={[...new Set([10, 50, 100, falsePermille])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('drivers.atMost', { share: `${it / 10} %` }) }))}
            onChange={(value) => edit({ false_permille: Number(value) })}
          />
        </div>
      </Section>
    </div>
  )
}

import type { Switches } from '../api/channels.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { takesAll } from '../ui/matcher.ts'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { ContactsChoice } from './contacts-choice.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly switches: Switches; readonly edit: (change: Partial<Switches>) => void }

/** What going on means, and every choice that the numbers depend on. */
export function SwitchesBuilder({ switches, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const fields = fieldChoices(source.fields.map((it) => it.field), text)
  const properties = fields.filter((it) => it.value.startsWith('properties.') || it.value.startsWith('context.'))
  const { goal } = switches
  const hasGoal = goal !== null && goal !== undefined
  return (
    <div className={style.builder}>
      <Section title={text('switches.goingOn')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('switches.means')}
            value={hasGoal ? 'goal' : 'stage'}
            choices={(['stage', 'goal'] as const).map((value) => ({ value, label: text(`switches.meanings.${value}`) }))}
            onChange={(value) => edit(value === 'stage' ? { goal: null, value: null } : { goal: {} })}
          />
          {hasGoal && (
            <>
              <MatcherPicker label={text('switches.goal')} value={goal} source={source} onChange={(next) => edit({ goal: next })} />
              {!takesAll(goal) && (
                <SelectField
                  size="s"
                  label={text('attribution.value')}
                  value={switches.value ?? ''}
                  choices={[{ value: '', label: text('attribution.noValue') }, ...properties]}
                  onChange={(value) => edit({ value: value === '' ? null : value })}
                />
              )}
            </>
          )}
          <SpanField label={text('switches.within')} value={switches.within ?? '7d'} onChange={(within) => edit({ within })} />
        </div>
      </Section>
      <Section title={text('switches.switch')} note={text('switches.switchNote')}>
        <div className={style.choices}>
          <SpanField label={text('switches.gapMax')} value={switches.gap_max ?? '1d'} onChange={(gap_max) => edit({ gap_max })} />
          <ContactsChoice contacts={switches.contacts} onChange={(contacts) => edit({ contacts })} />
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={switches.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

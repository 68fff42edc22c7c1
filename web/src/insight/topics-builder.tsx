import type { Matcher } from '../api/model.ts'
import type { TopicsReport } from '../api/topics.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { toggled } from './drivers.ts'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { NamedSteps } from './named-steps.tsx'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly topics: TopicsReport; readonly edit: (change: Partial<TopicsReport>) => void }

const periods = ['day', 'week', 'month'] as const

/** Whose texts are looked at, and on which way their writers are. */
export function TopicsBuilder({ topics, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { fields, events = {}, every = 'week', way, false_permille: falsePermille = 50 } = topics
  const texts = fieldChoices(source.fields.map((it) => it.field), text).filter((it) => it.value.includes('.') && !fields.includes(it.value))
  const isEvery = (it: Matcher) => Object.keys(it).length === 0
  return (
    <div className={style.builder}>
      <Section title={text('topics.texts')}>
        <fieldset className={style.fields}>
          <legend>{text('topics.fields')}</legend>
          {fields.map((field) => (
            <label key={field} className={style.check}>
              <input type="checkbox" checked onChange={() => edit({ fields: toggled(fields, field) })} />
              {field}
            </label>
          ))}
          {texts.length > 0 && (
            <SelectField
              size="s"
              label={text('drivers.addTo', { name: text('topics.fields') })}
              labelHidden
              value=""
              choices={[{ value: '', label: text('drivers.addField') }, ...texts]}
              onChange={(field) => field !== '' && edit({ fields: toggled(fields, field) })}
            />
          )}
        </fieldset>
        <div className={style.choices}>
          <MatcherPicker label={text('topics.events')} value={events} source={source} onChange={(next) => edit({ events: isEvery(next) ? {} : next })} />
          <SelectField size="s" label={text('topics.every')} value={every} choices={[...new Set([...periods, every])].map((value) => ({ value, label: text(`topics.periods.${value}`) }))} onChange={(value) => edit({ every: value })} />
        </div>
      </Section>
      <Section title={text('drivers.way')} note={text('topics.wayNote')}>
        <NamedSteps
          label={text('funnel.steps')}
          steps={way?.steps ?? []}
          onChange={(next) => edit({ way: next.length === 0 ? null : { ...way, steps: next.map(({ name, matcher }) => ({ name, matcher })) } })}
        />
        {way != null && (
          <div className={style.choices}>
            <SpanField label={text('drivers.within')} value={way.within ?? '7d'} onChange={(within) => edit({ way: { ...way, within } })} />
            <SelectField
              size="s"
              label={text('drivers.falseShare')}
              value={String(falsePermille)}
              choices={[...new Set([10, 50, 100, falsePermille])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('drivers.atMost', { share: `${it / 10} %` }) }))}
              onChange={(value) => edit({ false_permille: Number(value) })}
            />
          </div>
        )}
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={topics.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

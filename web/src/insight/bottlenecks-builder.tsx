import type { Bottlenecks } from '../api/bottlenecks.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { withField } from './bottlenecks.ts'
import { ConversionChoice } from './conversion-choice.tsx'
import style from './funnel.module.css'
import { NamedSteps } from './named-steps.tsx'
import { SpanField } from './span-field.tsx'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps = { readonly report: Bottlenecks; readonly edit: (change: Partial<Bottlenecks>) => void }

const FIELDS_MAX = 4

/** Which stages, who are peers, how much time there is, and what going on is worth. */
export function BottlenecksBuilder({ report, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const { by = [], goal, stages } = report
  const fields = useByChoices(by)
  const places = by.length < FIELDS_MAX ? [...by, ''] : by
  return (
    <div className={style.builder}>
      <Section title={text('bottlenecks.way')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('bottlenecks.stages')}
            value={stages == null ? 'vocabulary' : 'own'}
            choices={(['vocabulary', 'own'] as const).map((value) => ({ value, label: text(`bottlenecks.stagesOf.${value}`) }))}
            onChange={(value) => edit({ stages: value === 'own' ? [1, 2].map((number) => ({ name: String(number), matcher: {} })) : null })}
          />
          <SpanField label={text('bottlenecks.within')} value={report.within ?? '7d'} onChange={(within) => edit({ within })} />
        </div>
        {stages != null && <NamedSteps label={text('bottlenecks.stagesOf.own')} steps={stages} onChange={(next) => edit({ stages: next })} />}
      </Section>
      <Section title={text('bottlenecks.peers')} note={text('bottlenecks.peersNote')}>
        <div className={style.choices}>
          {places.map((field, index) => (
            <SelectField
              key={index}
              size="s"
              label={text('bottlenecks.field', { number: index + 1 })}
              value={field}
              choices={[{ value: '', label: text('funnel.noField') }, ...fields]}
              onChange={(next) => edit({ by: withField(by, index, next) })}
            />
          ))}
        </div>
      </Section>
      <Section title={text('bottlenecks.worth')} note={text('bottlenecks.worthNote')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('bottlenecks.counts')}
            value={goal == null ? 'people' : 'money'}
            choices={(['people', 'money'] as const).map((value) => ({ value, label: text(`bottlenecks.countsIn.${value}`) }))}
            onChange={(value) => edit(value === 'people' ? { goal: null, value: null } : { goal: {} })}
          />
          {goal != null && (
            <ConversionChoice label={text('bottlenecks.goal')} conversion={goal} value={report.value ?? null} onConversion={(next) => edit({ goal: next })} onValue={(value) => edit({ value })} />
          )}
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={report.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

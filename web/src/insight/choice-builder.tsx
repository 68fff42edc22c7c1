import type { Choice, ChoiceReply } from '../api/choice.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { NameTicks } from './name-ticks.tsx'
import { NamedSteps } from './named-steps.tsx'
import { SpanField } from './span-field.tsx'
import { useLabelText } from './use-label-text.ts'

type BuilderProps = { readonly choice: Choice; readonly ways: ChoiceReply['numbers']['ways']; readonly edit: (change: Partial<Choice>) => void }

/** What is chosen, and what it may hang on. */
export function ChoiceBuilder({ choice, ways, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { goal, by = 'channel', chosen, traits = [], fields = [], before = [], false_permille: falsePermille = 50 } = choice
  const nameOf = useLabelText(by)
  const all = fieldChoices(source.fields.map((it) => it.field), text)
  const known = source.traits.fields.map((it) => ({ value: it.field, label: it.field }))
  const values = ways.flatMap((it) => (typeof it.label === 'object' ? [{ key: JSON.stringify(it.label.value), value: it.label.value, label: nameOf(it.label) }] : []))
  const now = chosen == null ? '' : JSON.stringify(chosen)
  return (
    <div className={style.builder}>
      <Section title={text('choice.what')}>
        <div className={style.choices}>
          <MatcherPicker label={text('choice.goal')} value={goal} source={source} onChange={(next) => edit({ goal: next })} />
          <SelectField size="s" label={text('choice.by')} value={by} choices={all.filter((it) => it.value !== 'event')} onChange={(value) => edit({ by: value, chosen: null })} />
          <SelectField
            size="s"
            label={text('choice.explained')}
            value={now}
            choices={[{ value: '', label: text('choice.mostFrequent') }, ...(now === '' || values.some((it) => it.key === now) ? [] : [{ value: now, label: String(chosen) }]), ...values.map((it) => ({ value: it.key, label: it.label }))]}
            onChange={(key) => edit({ chosen: key === '' ? null : values.find((it) => it.key === key)?.value ?? null })}
          />
        </div>
      </Section>
      <Section title={text('choice.matters')}>
        <div className={style.choices}>
          {(known.length > 0 || traits.length > 0) && <NameTicks label={text('drivers.traits')} chosen={traits} all={known} onChange={(next) => edit({ traits: next })} />}
          <NameTicks label={text('choice.fields')} chosen={fields} all={all.filter((it) => it.value !== by && it.value !== 'event')} onChange={(next) => edit({ fields: next })} />
        </div>
      </Section>
      <Section title={text('choice.before')} note={text('choice.beforeNote')}>
        <NamedSteps label={text('choice.before')} steps={before} onChange={(next) => edit({ before: next })} />
        <div className={style.choices}>{before.length > 0 && <SpanField label={text('choice.lookBack')} value={choice.look_back ?? '30d'} onChange={(look) => edit({ look_back: look })} />}</div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={choice.filter} source={source} onChange={(filter) => edit({ filter })} />
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

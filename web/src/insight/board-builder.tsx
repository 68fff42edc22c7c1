import type { Board } from '../api/channels.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { ContactsChoice } from './contacts-choice.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly board: Board; readonly edit: (change: Partial<Board>) => void }

/** What channels are measured by, and every choice that the numbers depend on. */
export function BoardBuilder({ board, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const fields = fieldChoices(source.fields.map((it) => it.field))
  const properties = fields.filter((it) => it.value.startsWith('properties.') || it.value.startsWith('context.'))
  return (
    <div className={style.builder}>
      <Section title={text('attribution.conversion')}>
        <div className={style.choices}>
          <MatcherPicker label={text('attribution.conversionEvents')} value={board.goal} source={source} onChange={(goal) => edit({ goal })} />
          <SelectField
            size="s"
            label={text('attribution.value')}
            value={board.value ?? ''}
            choices={[{ value: '', label: text('attribution.noValue') }, ...properties]}
            onChange={(value) => edit({ value: value === '' ? null : value })}
          />
          <SpanField label={text('board.within')} value={board.within ?? '30d'} onChange={(within) => edit({ within })} />
        </div>
      </Section>
      <Section title={text('board.answers')} note={text('board.answersNote')}>
        <div className={style.choices}>
          <ContactsChoice contacts={board.contacts} onChange={(contacts) => edit({ contacts })} />
          <SpanField label={text('board.answerWithin')} value={board.answer_within ?? '3d'} onChange={(answer_within) => edit({ answer_within })} />
        </div>
      </Section>
      <Section title={text('board.shown')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('board.every')}
            value={board.every ?? 'week'}
            choices={(['day', 'week', 'month'] as const).map((value) => ({ value, label: text(`retention.units.${value}`) }))}
            onChange={(every) => edit({ every })}
          />
          <label className={style.check}>
            <input type="checkbox" checked={board.by_stage === true} onChange={(event) => edit({ by_stage: event.currentTarget.checked })} />
            {text('board.byStageToo')}
          </label>
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={board.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

import type { Board } from '../api/channels.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { ContactsChoice } from './contacts-choice.tsx'
import { ConversionChoice } from './conversion-choice.tsx'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly board: Board; readonly edit: (change: Partial<Board>) => void }

/** What channels are measured by, and every choice that the numbers depend on. */
export function BoardBuilder({ board, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  return (
    <div className={style.builder}>
      <Section title={text('attribution.conversion')}>
        <div className={style.choices}>
          <ConversionChoice conversion={board.goal} value={board.value ?? null} onConversion={(goal) => edit({ goal })} onValue={(value) => edit({ value })} />
          <SpanField label={text('board.within')} value={board.within ?? '30d'} onChange={(within) => edit({ within })} />
        </div>
      </Section>
      <Section title={text('board.answers')} note={text('board.answersNote')}>
        <div className={style.choices}>
          <ContactsChoice contacts={board.contacts} onChange={(contacts) => edit({ contacts })} />
          <SpanField label={text('board.answerWithin')} value={board.answer_within ?? '3d'} onChange={(answer_within) => edit({ answer_within })} />
        </div>
      </Section>
      <Section title={text('repeat.title')} note={text('repeat.titleNote')}>
        <div className={style.choices}>
          <label className={style.check}>
            <input type="checkbox" checked={board.service != null} onChange={(event) => edit({ service: event.currentTarget.checked ? { channels: ['call', 'chat', 'service'] } : null })} />
            {text('repeat.counted')}
          </label>
          {board.service != null && (
            <>
              <MatcherPicker label={text('repeat.events')} value={board.service} source={source} onChange={(service) => edit({ service })} />
              <SpanField label={text('repeat.within')} value={board.repeat_within ?? '7d'} onChange={(repeat_within) => edit({ repeat_within })} />
            </>
          )}
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

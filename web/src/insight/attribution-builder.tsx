import type { Attribution } from '../api/attribution.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { takesAll } from '../ui/matcher.ts'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { AttributionModelsPicker } from './attribution-models-picker.tsx'
import { ConversionChoice } from './conversion-choice.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'

type BuilderProps = { readonly attribution: Attribution; readonly edit: (change: Partial<Attribution>) => void }

/** What a conversion and a touch are, and every choice that the credit depends on. */
export function AttributionBuilder({ attribution, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const { look_back: lookBack = { within: '30d' } } = attribution
  const fields = fieldChoices(source.fields.map((it) => it.field), text)
  return (
    <div className={style.builder}>
      <Section title={text('attribution.conversion')}>
        <div className={style.choices}>
          <ConversionChoice
            conversion={attribution.conversion}
            value={attribution.value ?? null}
            onConversion={(conversion) => edit({ conversion })}
            onValue={(value) => edit({ value })}
          />
        </div>
      </Section>
      <Section title={text('attribution.touches')} note={text('attribution.touchesNote')}>
        <div className={style.choices}>
          <SelectField size="s" label={text('attribution.by')} value={attribution.by ?? 'channel'} choices={fields} onChange={(by) => edit({ by })} />
          <MatcherPicker
            label={text('attribution.touch')}
            value={attribution.touch ?? {}}
            source={source}
            onChange={(touch) => edit({ touch: takesAll(touch) ? null : touch })}
          />
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('attribution.lookBack')}
              value={lookBack === 'unlimited' ? 'unlimited' : 'within'}
              choices={(['within', 'unlimited'] as const).map((value) => ({ value, label: text(`attribution.lookBacks.${value}`) }))}
              onChange={(value) => edit({ look_back: value === 'unlimited' ? value : { within: '30d' } })}
            />
            {lookBack !== 'unlimited' && (
              <TextField
                size="s"
                label={text('funnel.span')}
                hint={text('funnel.spanHint')}
                value={lookBack.within}
                onChange={(within) => edit({ look_back: { within } })}
              />
            )}
          </div>
          <label className={style.check}>
            <input type="checkbox" checked={attribution.reuse === true} onChange={(event) => edit({ reuse: event.currentTarget.checked })} />
            {text('attribution.reuse')}
          </label>
          <label className={style.check}>
            <input type="checkbox" checked={attribution.collapse !== false} onChange={(event) => edit({ collapse: event.currentTarget.checked })} />
            {text('attribution.collapse')}
          </label>
          <MatcherPicker
            label={text('attribution.direct')}
            value={attribution.direct ?? { channels: ['web', 'app'] }}
            source={source}
            onChange={(direct) => edit({ direct })}
          />
        </div>
      </Section>
      <AttributionModelsPicker attribution={attribution} edit={edit} />
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={attribution.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

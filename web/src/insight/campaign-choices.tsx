import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { type CampaignAsk, fieldsOfCampaigns, WITHIN } from './campaign.ts'
import { ConversionChoice } from './conversion-choice.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { SpanField } from './span-field.tsx'

type ChoicesProps = { readonly ask: CampaignAsk; readonly edit: (change: Partial<CampaignAsk>) => void }

/** What names a campaign, and what it is for. */
export function CampaignChoices({ ask, edit }: ChoicesProps) {
  const text = useText()
  const { fields } = useMatcherSource()
  const usual = fieldsOfCampaigns(fields.map((it) => it.field))
  const all = fieldChoices([...new Set([...usual, ...fields.map((it) => it.field), ask.by])], text)
  const choices = [...all.filter((it) => usual.includes(it.value)), ...all.filter((it) => !usual.includes(it.value))]
  return (
    <div className={style.builder}>
      <Section title={text('campaign.definition')}>
        <div className={style.choices}>
          <SelectField size="s" label={text('campaign.by')} value={ask.by} choices={choices} onChange={(by) => edit({ by })} />
        </div>
      </Section>
      <Section title={text('lift.goal')}>
        <div className={style.choices}>
          <ConversionChoice conversion={ask.goal} value={ask.value ?? null} onConversion={(goal) => edit({ goal })} onValue={(value) => edit({ value })} />
          <SpanField label={text('campaign.within')} value={ask.within ?? WITHIN} onChange={(within) => edit({ within })} />
        </div>
      </Section>
    </div>
  )
}

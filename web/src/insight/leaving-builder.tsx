import type { LastTouch } from '../api/last-touch.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { ContactsChoice } from './contacts-choice.tsx'
import style from './funnel.module.css'
import { touchFields } from './leaving.ts'
import { SpanField } from './span-field.tsx'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps = { readonly leaving: LastTouch; readonly edit: (change: Partial<LastTouch>) => void }

const periods = ['day', 'week', 'month'] as const

/** What leaving means, what is looked at last, and among whom it is compared. */
export function LeavingBuilder({ leaving, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const { by = 'event', period = 'week', false_permille: falsePermille = 50 } = leaving
  const seen = useByChoices([by]).filter((it) => !touchFields.some((usual) => usual === it.value))
  const named: readonly { readonly value: string; readonly label: string }[] = touchFields.map((value) => ({ value, label: text(`drivers.fields.${value}`) }))
  return (
    <div className={style.builder}>
      <Section title={text('leaving.definition')}>
        <div className={style.choices}>
          <SpanField label={text('leaving.silence')} value={leaving.silence ?? '30d'} onChange={(silence) => edit({ silence })} />
          <ContactsChoice contacts={leaving.contacts} onChange={(contacts) => edit({ contacts })} />
        </div>
      </Section>
      <Section title={text('leaving.lookedAt')}>
        <div className={style.choices}>
          <SelectField size="s" label={text('leaving.by')} value={by} choices={[...named, ...seen]} onChange={(next) => edit({ by: next })} />
          <SelectField
            size="s"
            label={text('leaving.period')}
            value={period}
            choices={[...periods, ...(period === 'hour' ? (['hour'] as const) : [])].map((value) => ({ value, label: text(`leaving.periods.${value}`) }))}
            onChange={(next) => edit({ period: next })}
          />
          <SelectField
            size="s"
            label={text('drivers.falseShare')}
            value={String(falsePermille)}
            choices={[...new Set([10, 50, 100, falsePermille])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('drivers.atMost', { share: `${it / 10} %` }) }))}
            onChange={(value) => edit({ false_permille: Number(value) })}
          />
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={leaving.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

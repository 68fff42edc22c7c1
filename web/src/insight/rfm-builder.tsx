import type { Rfm } from '../api/rfm.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { ConversionChoice } from './conversion-choice.tsx'
import style from './funnel.module.css'

type BuilderProps = { readonly rfm: Rfm; readonly edit: (change: Partial<Rfm>) => void }

/** What a purchase is, what it is worth, and what is left out. */
export function RfmBuilder({ rfm, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  return (
    <div className={style.builder}>
      <Section title={text('rfm.purchase')} note={text('rfm.purchaseNote')}>
        <div className={style.choices}>
          <ConversionChoice label={text('rfm.events')} conversion={rfm.purchase} value={rfm.value ?? null} onConversion={(purchase) => edit({ purchase })} onValue={(value) => edit({ value })} />
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={rfm.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

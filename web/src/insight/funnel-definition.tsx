import type { Funnel } from '../api/funnel.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Section } from '../ui/page.tsx'
import { presetOf } from './funnel-presets.ts'
import { funnelWords } from './funnel-words.ts'
import style from './funnel.module.css'

/** Everything that the numbers depend on, in plain sentences. */
export function FunnelDefinition({ funnel }: { readonly funnel: Funnel }) {
  const text = useText()
  const format = useFormat()
  const { touchpoints, signals } = useMatcherSource()
  const preset = presetOf(funnel)
  const words = funnelWords(funnel, { text, span: format.span, touchpoint: (id) => touchpoints.find((it) => it.id === id)?.name ?? id, signal: (id) => signals.find((it) => it.id === id)?.name ?? id })
  return (
    <Section title={text('funnel.inWords')}>
      <ul className={style.definition} aria-label={text('funnel.inWords')}>
        {words.map((it) => (
          <li key={it.field}>{it.words}</li>
        ))}
      </ul>
      <p className={style.quiet}>{preset === null ? text('funnel.ownChoices') : text(`funnel.presetAbout.${preset}`)}</p>
    </Section>
  )
}

import { Link } from '@tanstack/react-router'
import type { Funnel } from '../api/funnel.ts'
import type { StoredReport } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { SelectField } from '../ui/field.tsx'
import { choiceOf, type DifferenceAsk, type Side, type SideChoice } from './difference.ts'
import style from './difference.module.css'
import { FunnelDefinition } from './funnel-definition.tsx'
import { applyPreset, presets } from './funnel-presets.ts'
import { useRangeWords } from '../ui/range-picker.tsx'

type SideProps = { readonly side: Side; readonly ask: DifferenceAsk; readonly saved: readonly StoredReport[]; readonly edit: (change: DifferenceAsk) => void }

/** One of the two funnels: a saved one, or the other as a product counts it. */
export function DifferenceSide({ side, ask, saved, edit }: SideProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { then } = useAsOf()
  const own = ask[side]
  const other = ask[side === 'from' ? 'to' : 'from']
  const chosen = choiceOf(ask, side, saved)
  const choices: readonly { readonly value: SideChoice; readonly label: string }[] = [
    ...(chosen === 'own' ? [{ value: 'own' as const, label: text(own === undefined ? 'difference.choose' : 'difference.own') }] : []),
    ...saved.map((it) => ({ value: `saved:${it.id}` as const, label: it.title })),
    ...(other === undefined ? [] : presets.map((it) => ({ value: `preset:${it}` as const, label: text('difference.countedLike', { name: text(`funnel.presets.${it}`) }) }))),
  ]
  const choose = (value: SideChoice) => {
    const preset = presets.find((it) => value === `preset:${it}`)
    if (preset !== undefined && other !== undefined) return edit({ [side]: applyPreset(other, preset) })
    const report = saved.find((it) => value === `saved:${it.id}`)?.report
    if (report?.kind !== 'funnel') return
    const { kind: _, ...funnel } = report
    edit({ [side]: funnel })
  }
  return (
    <section className={style.side} aria-label={text(`difference.sides.${side}`)}>
      <SelectField label={text(`difference.sides.${side}`)} value={chosen} choices={choices} onChange={choose} />
      {own !== undefined && (
        <>
          <SideWords funnel={own} />
          <details className={style.more}>
            <summary>{text('difference.definition')}</summary>
            <FunnelDefinition funnel={own} />
          </details>
          <Link className={style.link} to="/w/$ws/funnel" params={{ ws }} search={{ ask: own, ...then }}>
            {text('difference.open')}
          </Link>
        </>
      )}
    </section>
  )
}

function SideWords({ funnel }: { readonly funnel: Funnel }) {
  const range = useRangeWords(funnel.range)
  return (
    <p className={style.words}>
      {funnel.steps.map((it) => it.name).join(' → ')} · {range}
    </p>
  )
}

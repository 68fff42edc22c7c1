import type { CalibrationBin, ChoiceReply } from '../api/choice.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Section } from '../ui/page.tsx'
import style from './choice.module.css'
import { WideTable } from '../ui/wide-table.tsx'

type Model = NonNullable<ChoiceReply['numbers']['model']>

/** How good the chances of a model are for people that it was not fitted on, beside everybody's share alone. */
export function ChoiceQuality({ model }: { readonly model: Model }) {
  const text = useText()
  const format = useFormat()
  const { scores, naive, calibration } = model
  if (scores == null || naive == null) return <p className={style.note}>{text('choice.unscored')}</p>
  return (
    <Section title={text('choice.quality')} note={text('choice.qualityNote', { fitted: format.count(model.fitted), scored: format.count(model.scored) })}>
      <WideTable name={text('choice.quality')} first={text('choice.measure')} heads={[text('choice.model'), text('choice.naive')]}>
        {(['auc', 'log_loss', 'brier'] as const).map((it) => (
          <tr key={it}>
            <th scope="row">{text(`choice.measures.${it}`)}</th>
            <td data-number>{format.amount(scores[it])}</td>
            <td data-number>{format.amount(naive[it])}</td>
          </tr>
        ))}
      </WideTable>
      {scores.log_loss >= naive.log_loss && <p className={style.worse}>{text('choice.noBetter')}</p>}
      <h3 className={style.small}>{text('choice.calibration')}</h3>
      <Calibration bins={calibration} />
    </Section>
  )
}

/** Chances beside what came: told right, the two marks of a line lie together. */
function Calibration({ bins }: { readonly bins: readonly CalibrationBin[] }) {
  const text = useText()
  const format = useFormat()
  const label = text('choice.calibration')
  const width = (value: number) => `${Math.max(0, Math.min(1, value)) * 100}%`
  const head = (['chance', 'share', 'low', 'high', 'people'] as const).map((it) => text(`choice.bins.${it}`))
  const rows = bins.map((it) => [
    format.share(it.chance),
    format.share(it.part / Math.max(1, it.whole)),
    it.interval == null ? '–' : format.share(it.interval.low),
    it.interval == null ? '–' : format.share(it.interval.high),
    format.count(it.whole),
  ])
  return (
    <TableTwin label={label} twin={{ head, rows }}>
      <ul className={style.bins} aria-label={label}>
        {bins.map((it, index) => (
          <li key={index}>
            <span>{text('choice.told', { chance: format.share(it.chance) })}</span>
            <span className={style.track} aria-hidden="true">
              {it.interval != null && <span className={style.band} style={{ left: width(it.interval.low), width: width(it.interval.high - it.interval.low) }} />}
              <span className={style.came} style={{ left: width(it.part / Math.max(1, it.whole)) }} />
              <span className={style.chance} style={{ left: width(it.chance) }} />
            </span>
            <span>{text('choice.cameOf', { share: format.share(it.part / Math.max(1, it.whole)), count: format.count(it.whole) })}</span>
          </li>
        ))}
      </ul>
    </TableTwin>
  )
}

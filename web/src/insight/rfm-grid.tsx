import type { Rfm, RfmAnswer, RfmScore } from '../api/rfm.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import retention from './retention.module.css'
import style from './rfm.module.css'
import { customersOf, rfmGrid, scoreOf, scores } from './rfm.ts'

/** Customers by recency to the right and frequency upwards; every cell opens whoever is in it. */
export function RfmGrid({ rfm, numbers }: { readonly rfm: Rfm; readonly numbers: RfmAnswer }) {
  const text = useText()
  const format = useFormat()
  const people = customersOf(rfm)
  const between = (line: RfmScore | null, show: (amount: number) => string) => {
    if (line === null) return text('rfm.nobodyHere')
    const [least, most] = [show(line.least), show(line.most)]
    return least === most ? least : text('rfm.between', { least, most })
  }
  const label = text('retention.tableOf', { name: text('rfm.grid') })
  return (
    <div className={retention.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={`${retention.heat} ${style.grid}`}>
        <thead>
          <tr>
            <td />
            {scores.map((score) => (
              <th key={score} scope="col">
                {text('rfm.recencyScore', { score })}
                <span className={style.under}>{between(scoreOf(numbers.recency, score), format.span)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rfmGrid(numbers).map((row, index) => (
            <tr key={index}>
              <th scope="row">
                {text('rfm.frequencyScore', { score: scores.length - index })}
                <span className={style.under}>{between(scoreOf(numbers.frequency, scores.length - index), format.count)}</span>
              </th>
              {row.map(({ recency, frequency, cell, share, heat, isSmall }) => {
                const words = `${text('rfm.recencyScore', { score: recency })}, ${text('rfm.frequencyScore', { score: frequency })}`
                return cell === null ? (
                  <td key={recency} className={style.nobody}>
                    –
                  </td>
                ) : (
                  <td key={recency} data-heat={heat} data-small={isSmall || undefined} data-tip={words}>
                    <strong>
                      <Count value={cell.profiles} people={people(words, { recency, frequency })} />
                    </strong>{' '}
                    {format.share(share)}
                    <span className={style.name}>{text(`rfm.names.${cell.group}`)}</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

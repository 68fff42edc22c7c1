import type { ReasonAnswer, Reasons, ReasonsReply } from '../api/reasons.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { contrastCells, contrastHeads, contrastWords } from './contrast.ts'
import { QuoteList } from './quote-list.tsx'
import style from './reasons.module.css'
import { usePeopleOfReasons } from './use-people-of-reasons.ts'

type ListProps = { readonly reasons: Reasons; readonly numbers: ReasonsReply['numbers'] }

/** Each reason with how many met it, on both sides, and what it goes with. */
export function ReasonsList({ reasons, numbers }: ListProps) {
  const text = useText()
  const format = useFormat()
  const label = text('reasons.met')
  const head = [
    text('reasons.reason'),
    text('contrast.heads.standing'),
    ...(['gaveUp', 'gaveUpShare', 'alone', 'converted', 'convertedShare'] as const).map((it) => text(`reasons.heads.${it}`)),
    ...contrastHeads.map((it) => text(`contrast.heads.${it}`)),
  ]
  const share = ({ part, whole }: ReasonAnswer['gave_up']) => (whole === 0 ? '–' : format.share(part / whole))
  const cells = (it: ReasonAnswer) => [
    it.name,
    text(`reasons.standings.${it.standing}`),
    format.count(it.gave_up.part),
    share(it.gave_up),
    format.count(it.alone),
    format.count(it.converted.part),
    share(it.converted),
    ...contrastCells(it.compared, format),
  ]
  return (
    <TableTwin label={label} twin={{ head, rows: numbers.reasons.map(cells) }}>
      <ol className={style.rows} aria-label={label}>
        {numbers.reasons.map((it) => (
          <Row key={it.name} reason={it} reasons={reasons} />
        ))}
      </ol>
    </TableTwin>
  )
}

function Row({ reason, reasons }: { readonly reason: ReasonAnswer; readonly reasons: Reasons }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOfReasons(reasons)
  const { name, standing, gave_up: gaveUp, converted, alone, compared, quotes } = reason
  const of = (part: 'gave_up' | 'alone' | 'converted') => people(text(`reasons.parts.${part}`, { name }), { of: { reason: name, part } })
  return (
    <li className={style.row} data-standing={standing}>
      <div className={style.name}>
        <b>{name}</b>
        <span className={style.standing}>{text(`reasons.standings.${standing}`)}</span>
      </div>
      <div className={style.sides}>
        <Side name={text('reasons.gaveUp')} share={gaveUp} people={of('gave_up')} isLost />
        <Side name={text('reasons.converted')} share={converted} people={of('converted')} />
      </div>
      <p className={style.words}>
        <span>
          {text('reasons.alone')} <Count value={alone} people={of('alone')} />
        </span>
        {compared != null && (
          <>
            <span>
              {text('reasons.shares', { with: format.share(compared.with.part / compared.with.whole), without: format.share(compared.without) })} {contrastWords(compared, text, format)}
            </span>
            <b>{text(compared.people_per_month >= 0 ? 'reasons.more' : 'reasons.fewer', { people: format.amount(Math.abs(compared.people_per_month)) })}</b>
          </>
        )}
      </p>
      {quotes.length > 0 && (
        <details className={style.said}>
          <summary>{text('reasons.whatTheySay', { count: quotes.length })}</summary>
          <QuoteList quotes={quotes} people={(it) => people(it.text, { quoted: { text: it.text, reason: name } })} />
        </details>
      )}
    </li>
  )
}

type SideProps = { readonly name: string; readonly share: ReasonAnswer['gave_up']; readonly people: ReturnType<ReturnType<typeof usePeopleOfReasons>>; readonly isLost?: boolean }

/** How many of those on one side met it. */
function Side({ name, share: { part, whole, interval }, people, isLost = false }: SideProps) {
  const format = useFormat()
  const width = (value: number) => `${Math.max(0, Math.min(1, value)) * 100}%`
  const share = whole === 0 ? 0 : part / whole
  return (
    <>
      <span className={style.side}>{name}</span>
      <span className={style.track} data-lost={isLost ? true : undefined} aria-hidden="true">
        <span className={style.size} style={{ width: width(share) }} />
        {interval != null && <span className={style.range} style={{ left: width(interval.low), width: width(interval.high - interval.low) }} />}
      </span>
      <span className={style.share} data-small={whole < 30 ? true : undefined}>
        <b>{whole === 0 ? '–' : format.share(share)}</b>
        {interval != null && <Interval low={interval.low} high={interval.high} shown={format.share} />}
        <Count value={part} people={people} />
      </span>
    </>
  )
}

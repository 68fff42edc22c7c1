import type { Difference, DifferenceReply, DifferenceSelect } from '../api/difference.ts'
import type { Funnel } from '../api/funnel.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { peopleWords } from '../ui/people-words.ts'
import { useRangeWords } from '../ui/range-picker.tsx'
import { fieldKey, type Measure, type MoveRow, moveRows } from './difference.ts'
import style from './difference.module.css'
import { fieldWords } from './difference-words.ts'
import funnelStyle from './funnel.module.css'

type Numbers = DifferenceReply['numbers']
type AnswerProps = { readonly difference: Difference; readonly numbers: Numbers; readonly measure: Measure }

/** Names the people behind a number of a difference. */
function usePeopleOf(difference: Difference) {
  const of = { report: { kind: 'difference' as const, ...difference } }
  return (title: string, select: DifferenceSelect) => ({ of, title, select: { kind: 'difference', ...select } })
}

/** What both say, and who is in the one and not in the other. */
export function DifferenceFigures({ difference, numbers, measure }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(difference)
  const { from, to, total } = numbers
  const rate = (it: Numbers['from']) => (it.entered.units === 0 ? '–' : format.share(it.converted.units / it.entered.units))
  const sides = [
    { key: 'from', it: from, at: 0 },
    { key: 'to', it: to, at: null },
  ] as const
  const change = to[measure].profiles - from[measure].profiles
  return (
    <dl className={funnelStyle.figures}>
      {sides.map(({ key, it, at }) => (
        <div key={key}>
          <dt>{text(`difference.sides.${key}`)}</dt>
          <dd>
            <strong>
              <Count value={it[measure].profiles} people={people(text('difference.titles.all', { measure: text(`difference.measures.${measure}`), name: text(`difference.sides.${key}`) }), { at, part: measure })} />
            </strong>
            <span>
              {text(`difference.measures.${measure}`)} · {text('difference.rate', { share: rate(it) })}
            </span>
          </dd>
        </div>
      ))}
      <div>
        <dt>{text('difference.change')}</dt>
        <dd>
          <strong>{signed(change, format.count)}</strong>
          <span>
            {text('difference.gained')} <Count value={total[`${measure}_gained`]} people={people(text('difference.titles.gained', { name: text('difference.change') }), { part: `${measure}_gained` })} />
          </span>
          <span>
            {text('difference.lost')} <Count value={total[`${measure}_lost`]} people={people(text('difference.titles.lost', { name: text('difference.change') }), { part: `${measure}_lost` })} />
          </span>
        </dd>
      </div>
    </dl>
  )
}

/** From the first funnel to the second, one change after the other. */
export function DifferenceMoves({ difference, numbers, measure }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(difference)
  const rows = moveRows(difference.from, numbers, measure)
  const first = numbers.from[measure]
  const most = Math.max(1, first.profiles, ...rows.map((it) => it.kept + Math.max(it.gained, it.lost)))
  const counted = text(`difference.measures.${measure}`)
  const label = text('difference.moves')
  const nameOf = (row: MoveRow) => row.fields.map((field) => fieldName(field, row.after, text)).join(text('list.and'))
  return (
    <TableTwin
      label={label}
      twin={{
        head: [text('difference.heads.change'), counted, text('difference.heads.units'), text('difference.gained'), text('difference.lost')],
        rows: [
          [text('difference.sides.from'), format.count(first.profiles), format.count(first.units), '–', '–'],
          ...rows.map((it) => [nameOf(it), format.count(it.count), format.count(it.units), format.count(it.gained), format.count(it.lost)]),
        ],
      }}
    >
      <ol className={style.rows} aria-label={label}>
        <li className={style.row}>
          <div className={style.head}>
            <b>{text('difference.sides.from')}</b>
          </div>
          <Bars kept={first.profiles} gained={0} lost={0} most={most} />
          <div className={style.numbers}>
            <Count value={first.profiles} people={people(text('difference.titles.all', { measure: counted, name: text('difference.sides.from') }), { at: 0, part: measure })} />
          </div>
        </li>
        {rows.map((row) => {
          const name = nameOf(row)
          return (
            <li key={row.at} className={style.row}>
              <div className={style.head}>
                <b>{name}</b>
                {row.fields.map((field) => (
                  <span key={field} className={style.change}>
                    <del>
                      <FieldWords funnel={row.before} field={field} />
                    </del>
                    <ins>
                      <FieldWords funnel={row.after} field={field} />
                    </ins>
                  </span>
                ))}
              </div>
              <Bars kept={row.kept} gained={row.gained} lost={row.lost} most={most} />
              <div className={style.numbers}>
                <Count value={row.count} people={people(text('difference.titles.all', { measure: counted, name: text('difference.after', { name }) }), { at: row.at, part: measure })} />
                <span data-look={row.gained > 0 ? 'gained' : undefined}>
                  {text('difference.gained')} <Count value={row.gained} people={people(text('difference.titles.gained', { name }), { at: row.at, part: `${measure}_gained` })} />
                </span>
                <span data-look={row.lost > 0 ? 'lost' : undefined}>
                  {text('difference.lost')} <Count value={row.lost} people={people(text('difference.titles.lost', { name }), { at: row.at, part: `${measure}_lost` })} />
                </span>
              </div>
            </li>
          )
        })}
      </ol>
    </TableTwin>
  )
}

/** Who was there before above who is there after: those who stay, those who go, those who come. */
function Bars({ kept, gained, lost, most }: { readonly kept: number; readonly gained: number; readonly lost: number; readonly most: number }) {
  const width = (count: number) => ({ width: `${(100 * count) / most}%` })
  return (
    <div className={style.bars} aria-hidden="true">
      {gained + lost > 0 && (
        <span className={style.bar}>
          <i style={width(kept)} />
          <i data-look="lost" style={width(lost)} />
        </span>
      )}
      <span className={style.bar}>
        <i style={width(kept)} />
        <i data-look="gained" style={width(gained)} />
      </span>
    </div>
  )
}

function FieldWords({ funnel, field }: { readonly funnel: Funnel; readonly field: string }) {
  const text = useText()
  const format = useFormat()
  const names = usePeopleSource()
  const range = useRangeWords(funnel.range)
  const touchpoint = (id: string) => names.touchpoints.find((it) => it.id === id)?.name ?? id
  const signal = (id: string) => names.signals.find((it) => it.id === id)?.name ?? id
  return fieldWords(funnel, field, { text, span: format.span, touchpoint, signal, range, people: (rule) => peopleWords(rule, { text, format, names }) })
}

const known = ['range', 'people', 'filter', 'steps', 'order', 'window', 'entry', 'unit', 'ties', 'reuse', 'exclusions', 'hold', 'breakdown'] as const

function fieldName(field: string, after: Funnel, text: Text): string {
  const { key, step } = fieldKey(field)
  if (step !== null) return text('difference.step', { number: step + 1, name: after.steps[step]?.name ?? '' })
  const found = known.find((it) => it === key)
  return found === undefined ? field : text(`difference.fields.${found}`)
}

function signed(change: number, shown: (count: number) => string): string {
  return change > 0 ? `+${shown(change)}` : change < 0 ? `−${shown(-change)}` : shown(0)
}

import { type KeyboardEvent, useState } from 'react'
import type { AtStage, Leaving, SwitchesSelect, Switching } from '../api/channels.ts'
import type { Channel } from '../api/model.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { cellLook, isClear, type Matrix, type Measure, type Pair, topOf } from './switches.ts'
import style from './switches.module.css'

type MatrixProps = {
  readonly matrix: Matrix
  readonly measure: Measure
  readonly at: AtStage
  readonly stage: string
  readonly pair: Pair | undefined
  readonly choose: (pair: Pair) => void
  readonly people: (title: string, select: SwitchesSelect) => PeopleTarget
}

/** From each channel to each. Arrows move between cells, Enter looks at one. */
export function SwitchesMatrix({ matrix, measure, at, stage, pair, choose, people }: MatrixProps) {
  const text = useText()
  const format = useFormat()
  const [focused, setFocused] = useState<Pair | undefined>(undefined)
  const { channels, cellAt, leavingOf } = matrix
  const top = topOf(matrix, measure)
  const has = (it: Pair | undefined) => it !== undefined && cellAt(it.from, it.to) !== undefined
  const first = channels.flatMap((from) => channels.map((to) => ({ from, to }))).find(has)
  const entry = [focused, pair].find(has) ?? first
  const shown = useShown(measure)
  const walk = (event: KeyboardEvent<HTMLTableElement>) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key]
    if (move === undefined || entry === undefined || !(event.target instanceof HTMLElement) || event.target.dataset['pair'] === undefined) return
    event.preventDefault()
    let row = channels.indexOf(entry.from)
    let column = channels.indexOf(entry.to)
    // Cells without a switch are passed over.
    for (;;) {
      row += move[0] ?? 0
      column += move[1] ?? 0
      const [from, to] = [channels[row], channels[column]]
      if (from === undefined || to === undefined) return
      if (!has({ from, to })) continue
      event.currentTarget.querySelector<HTMLElement>(`[data-pair="${from}.${to}"]`)?.focus()
      return
    }
  }
  const label = text('switches.matrixOf', { stage })
  const mergedWords = (leaving: Leaving | undefined) => (leaving === undefined || leaving.switched.times === 0 ? '' : format.share(leaving.merged.times / leaving.switched.times))
  const cellOf = (from: Channel, to: Channel) => {
    const cell = cellAt(from, to)
    return cell === undefined ? '' : shown(cell)
  }
  return (
    <TableTwin
      label={label}
      twin={{
        head: [text('switches.fromTo'), ...channels.map((it) => text(`channel.${it}`)), text('repeat.merged'), text('switches.stayed'), text('switches.acts')],
        rows: channels.map((from) => {
          const leaving = leavingOf(from)
          return [text(`channel.${from}`), ...channels.map((to) => cellOf(from, to)), mergedWords(leaving), format.count(leaving?.stayed.times ?? 0), format.count(leaving?.acts.times ?? 0)]
        }),
      }}
    >
      <div className={style.scroll}>
        <table className={style.matrix} role="grid" aria-label={label} onKeyDown={walk}>
          <thead>
            <tr>
              <th scope="col">{text('switches.fromTo')}</th>
              {channels.map((to) => (
                <th key={to} scope="col" data-number>
                  <ChannelBadge channel={to} />
                </th>
              ))}
              <th scope="col" data-number data-tip={text('repeat.mergedTip')}>
                {text('repeat.merged')}
              </th>
              <th scope="col" data-number data-tip={text('switches.stayedTip')}>
                {text('switches.stayed')}
              </th>
              <th scope="col" data-number>
                {text('switches.actors')}
              </th>
            </tr>
          </thead>
          <tbody>
            {channels.map((from) => {
              const leaving = leavingOf(from)
              const name = text(`channel.${from}`)
              return (
                <tr key={from}>
                  <th scope="row">
                    <ChannelBadge channel={from} />
                  </th>
                  {channels.map((to) => {
                    const cell = cellAt(from, to)
                    if (cell === undefined) return <td key={to} role="gridcell" data-same={from === to || undefined} />
                    const look = cellLook(cell, measure, top)
                    const isChosen = pair?.from === from && pair.to === to
                    const words = `${name} → ${text(`channel.${to}`)}`
                    return (
                      <td key={to} role="gridcell" data-number data-warm={look.warm || undefined} data-cool={look.cool || undefined} data-small={look.isSmall || undefined} aria-selected={isChosen}>
                        <button
                          type="button"
                          data-pair={`${from}.${to}`}
                          aria-label={`${words}: ${text(`switches.shows.${measure}`)} ${shown(cell)}`}
                          aria-pressed={isChosen}
                          tabIndex={entry?.from === from && entry.to === to ? 0 : -1}
                          data-tip={`${words}\n${text('switches.cellTip', { switches: format.count(cell.switches.times), people: format.count(cell.switches.profiles) })}`}
                          onFocus={() => setFocused({ from, to })}
                          onClick={() => choose({ from, to })}
                        >
                          {shown(cell)}
                          {(measure === 'difference' || measure === 'lost') && isClear(cell) && <span aria-hidden="true">•</span>}
                        </button>
                      </td>
                    )
                  })}
                  <td role="gridcell" data-number className={style.edge}>
                    {leaving === undefined || leaving.switched.times === 0 ? '' : <Count value={leaving.merged.profiles} shown={mergedWords(leaving)} people={people(`${stage} · ${name} · ${text('repeat.mergedTitle')}`, { at, from, part: 'merged' })} />}
                  </td>
                  <td role="gridcell" data-number className={style.edge}>
                    {leaving === undefined ? '' : <Count value={leaving.stayed.profiles} people={people(`${stage} · ${name} · ${text('switches.stayed')}`, { at, from, part: 'stayed' })} />}
                  </td>
                  <td role="gridcell" data-number className={style.edge}>
                    {leaving === undefined ? '' : <Count value={leaving.acts.profiles} people={people(`${stage} · ${name} · ${text('switches.actors')}`, { at, from, part: 'acted' })} />}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <Legend measure={measure} />
    </TableTwin>
  )
}

/** Writes what a cell shows. */
function useShown(measure: Measure): (cell: Switching) => string {
  const format = useFormat()
  return (cell) => {
    switch (measure) {
      case 'switches':
        return format.count(cell.switches.times)
      case 'gap':
        return format.span(cell.median_ms)
      case 'difference':
        return cell.against === null || cell.against === undefined ? '–' : format.points(cell.against.difference)
      case 'lost':
        return cell.against === null || cell.against === undefined ? '–' : format.amount(Math.round(cell.against.lost * 10) / 10)
    }
  }
}

function Legend({ measure }: { readonly measure: Measure }) {
  const text = useText()
  const isCompared = measure === 'difference' || measure === 'lost'
  return (
    <ul className={style.legend}>
      <li>
        <span className={style.scale} aria-hidden="true">
          {isCompared && [3, 2, 1].map((level) => <i key={`cool${level}`} data-cool={level} />)}
          {[1, 2, 3, 4, 5].map((level) => (
            <i key={level} data-warm={level} />
          ))}
        </span>
        {text(isCompared ? 'switches.scaleCompared' : measure === 'gap' ? 'switches.scaleGap' : 'switches.scaleSwitches')}
      </li>
      {isCompared && <li>{text('switches.clear')}</li>}
      {isCompared && <li>{text('switches.small')}</li>}
    </ul>
  )
}

import { type ReactNode, useState } from 'react'
import type { Comparison, Remaining } from '../api/compare.ts'
import { PairCurves, type PairPoint } from '../chart/pair-curves.tsx'
import { topShare } from '../chart/survival.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { timeScale } from '../chart/time-scale.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import style from './comparison.module.css'

type Sides = { readonly a: string; readonly b: string }
type DrawingProps = { readonly comparison: Comparison; readonly sides: Sides }

/** Both answers in one drawing, where a drawing says more than a table. */
export function ComparisonDrawing({ comparison, sides }: DrawingProps) {
  const { a, b } = comparison
  if (a.numbers.kind === 'funnel' && b.numbers.kind === 'funnel') {
    return (
      <>
        <FunnelPair a={a.numbers} b={b.numbers} sides={sides} />
        <Times sides={sides} curves={pairs(a.numbers.times, b.numbers.times, (it) => `${it.from_step} ${it.to_step}`, (it) => `${stepName(a, it.from_step)} → ${stepName(a, it.to_step)}`)} isRising />
      </>
    )
  }
  if (a.numbers.kind === 'retention' && b.numbers.kind === 'retention') return <RetentionPair a={a.numbers} b={b.numbers} sides={sides} />
  if (a.numbers.kind === 'stage_time' && b.numbers.kind === 'stage_time')
    return <Times sides={sides} curves={pairs(a.numbers.stages, b.numbers.stages, (it) => it.stage.id, (it) => it.stage.name)} />
  if (a.numbers.kind === 'work_time' && b.numbers.kind === 'work_time') return <WorkPair a={a.numbers} b={b.numbers} sides={sides} />
  return null
}

function stepName({ numbers }: Comparison['a'], index: number): string {
  return numbers.kind === 'funnel' ? (numbers.steps[index]?.name ?? '') : ''
}

type Numbers<Kind> = Extract<Comparison['a']['numbers'], { readonly kind: Kind }>

/** The bars of both sides under each other, step by step. */
function FunnelPair({ a, b, sides }: { readonly a: Numbers<'funnel'>; readonly b: Numbers<'funnel'>; readonly sides: Sides }) {
  const text = useText()
  const format = useFormat()
  const rows = a.steps.map((step, index) => ({
    name: step.name,
    sides: [a, b].map((it) => {
      const [units, whole] = [it.steps[index]?.units ?? 0, it.steps[0]?.units ?? 0]
      return { units, share: whole === 0 ? null : units / whole, is_small: whole < 30 }
    }),
  }))
  const twin = {
    head: [text('compare.step'), sides.a, text('compare.nOf', { side: sides.a }), sides.b, text('compare.nOf', { side: sides.b })],
    rows: rows.map((row) => [row.name, ...row.sides.flatMap((it) => [format.shareIfAny(it.share), format.count(it.units)])]),
  }
  return (
    <TableTwin label={text('compare.funnel')} twin={twin}>
      <ol className={style.bars}>
        {rows.map((row) => (
          <li key={row.name}>
            <span className={style.step}>{row.name}</span>
            {row.sides.map((it, side) => (
              <div key={side} className={style.bar} data-side={side === 0 ? 'a' : 'b'} data-small={it.is_small || undefined}>
                <span className="visually-hidden">{side === 0 ? sides.a : sides.b}</span>
                <span className={style.track}>
                  <span style={{ width: `${(it.share ?? 0) * 100}%` }} />
                </span>
                <strong>{format.shareIfAny(it.share)}</strong>
                <span className={style.count}>{format.count(it.units)}</span>
              </div>
            ))}
          </li>
        ))}
      </ol>
    </TableTwin>
  )
}

/** Who comes back, over periods from the start. */
function RetentionPair({ a, b, sides }: { readonly a: Numbers<'retention'>; readonly b: Numbers<'retention'>; readonly sides: Sides }) {
  const text = useText()
  const format = useFormat()
  const count = Math.min(a.columns.length, b.columns.length)
  const place = (column: number) => (count < 2 ? 0.5 : column / (count - 1))
  const points = (numbers: Numbers<'retention'>): PairPoint[] =>
    numbers.total.cells.slice(0, count).flatMap(({ part, whole, interval }, column) => {
      if (whole === 0) return []
      const share = part / whole
      return [{ at: place(column), share, low: interval?.low ?? share, high: interval?.high ?? share }]
    })
  const lines = [points(a), points(b)] as const
  const name = (column: number) => format.count(a.columns[column]?.from ?? column)
  const every = Math.max(1, Math.ceil(count / 12))
  const ticks = a.columns.slice(0, count).flatMap((_, column) => (column % every === 0 ? [{ at: place(column), label: name(column) }] : []))
  const shown = (line: readonly PairPoint[], column: number) => format.shareIfAny(line.find((it) => it.at === place(column))?.share)
  const twin = { head: [text('compare.periodHead'), sides.a, sides.b], rows: a.columns.slice(0, count).map((_, column) => [name(column), shown(lines[0], column), shown(lines[1], column)]) }
  return (
    <TableTwin label={text('compare.retention')} twin={twin}>
      <PairCurves label={text('compare.retention')} lines={lines} ticks={ticks} top={topOf(lines)} showShare={format.share} />
    </TableTwin>
  )
}

type Pair = { readonly key: string; readonly name: string; readonly a: readonly Remaining[]; readonly b: readonly Remaining[] }

/** Curves that both sides have, by what they are of. */
function pairs<Of extends { readonly curve: readonly Remaining[] }>(a: readonly Of[], b: readonly Of[], keyOf: (it: Of) => string, nameOf: (it: Of) => string): Pair[] {
  return a.flatMap((it) => {
    const same = b.find((other) => keyOf(other) === keyOf(it))
    return same === undefined || (it.curve.length === 0 && same.curve.length === 0) ? [] : [{ key: keyOf(it), name: nameOf(it), a: it.curve, b: same.curve }]
  })
}

function WorkPair({ a, b, sides }: { readonly a: Numbers<'work_time'>; readonly b: Numbers<'work_time'>; readonly sides: Sides }) {
  const text = useText()
  const parts = (['waits', 'work'] as const).flatMap((part) => {
    const of = (numbers: Numbers<'work_time'>) => numbers.steps.map((it) => ({ name: text(`compare.part.${part}`, { step: it.name }), curve: it[part].curve }))
    return pairs(of(a), of(b), (it) => it.name, (it) => it.name)
  })
  return <Times sides={sides} curves={parts} />
}

/** How long it takes on both sides: the share that is still there after a time, or has got there by then. */
function Times({ sides, curves, isRising = false }: { readonly sides: Sides; readonly curves: readonly Pair[]; readonly isRising?: boolean }): ReactNode {
  const text = useText()
  const format = useFormat()
  const [chosen, choose] = useState<string | null>(null)
  const here = curves.find((it) => it.key === chosen) ?? curves[0]
  if (here === undefined) return null
  const scale = timeScale([...here.a, ...here.b].map((it) => it.ms), 9)
  const points = (curve: readonly Remaining[]): PairPoint[] => {
    if (curve.length === 0) return []
    const start = { ms: 0, share: 1, low: 1, high: 1 }
    const turned = [start, ...curve].map(({ ms, share, low, high }) => (isRising ? { ms, share: 1 - share, low: 1 - high, high: 1 - low } : { ms, share, low, high }))
    return turned.map(({ ms, ...it }) => ({ at: scale.at(ms), ...it }))
  }
  const label = text(isRising ? 'compare.arrived' : 'compare.stillThere')
  const lines = [points(here.a), points(here.b)] as const
  const shareAt = (curve: readonly Remaining[], ms: number) => {
    if (curve.length === 0) return '–'
    const share = curve.filter((it) => it.ms <= ms).at(-1)?.share ?? 1
    return format.share(isRising ? 1 - share : share)
  }
  const twin = { head: [text('compare.after'), sides.a, sides.b], rows: scale.ticks.map((ms) => [format.span(ms), shareAt(here.a, ms), shareAt(here.b, ms)]) }
  return (
    <div className={style.times}>
      <div className={style.timesHead}>
        <h3>{label}</h3>
        {curves.length > 1 && (
          <SelectField size="s" label={text('compare.of')} labelHidden value={here.key} choices={curves.map((it) => ({ value: it.key, label: it.name }))} onChange={choose} />
        )}
        {curves.length === 1 && <span>{here.name}</span>}
      </div>
      <TableTwin label={`${label}: ${here.name}`} twin={twin}>
        <PairCurves
          label={`${label}: ${here.name}`}
          lines={lines}
          ticks={scale.ticks.map((ms) => ({ at: scale.at(ms), label: format.span(ms) }))}
          isStaircase
          top={isRising ? topOf(lines) : 1}
          showShare={format.share}
        />
      </TableTwin>
    </div>
  )
}

function topOf(lines: readonly (readonly PairPoint[])[]): number {
  return topShare(Math.max(0.01, ...lines.flat().map((it) => it.high)))
}

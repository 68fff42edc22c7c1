import { useState } from 'react'
import type { PathsReply } from '../api/paths.ts'
import { lookOf } from '../chart/sankey.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { SelectField } from '../ui/field.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { coverageOf, type PathsChange, type PathsReplies, wayRows } from './paths.ts'
import type { PathsAsk } from './paths-ask.ts'
import { WayLine } from './way-line.tsx'
import style from './paths.module.css'

type Side = 'before' | 'after'

type WaysProps = {
  readonly ask: PathsAsk
  readonly listed: PathsReplies
  readonly nameOf: (id: string) => string
  readonly change: (change: PathsChange) => void
  /** Called with the way that is looked at. */
  readonly onFollow: (side: Side, index: number | null) => void
}

const tops = [10, 20, 50, 100] as const

/** The most frequent ways, and honestly how much of all paths they are. */
export function Ways({ ask, listed, nameOf, change, onFollow }: WaysProps) {
  const text = useText()
  const format = useFormat()
  const [wished, setSide] = useState<Side>('after')
  const side = listed[wished] === undefined ? (wished === 'after' ? 'before' : 'after') : wished
  const reply = listed[side]
  if (reply === undefined) return null
  const coverage = coverageOf(reply, ask.top)
  const choices = [...new Set([...tops, ask.top])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('paths.top', { count: it }) }))
  return (
    <Section
      title={text('paths.ways')}
      note={text('paths.coverage', { listed: format.count(coverage.listed), variants: format.count(coverage.variants), share: format.share(coverage.share) })}
      aside={
        <div className={style.aside}>
          {ask.mode === 'around' && (
            <Segments
              label={text('paths.side')}
              value={side}
              segments={(['before', 'after'] as const).map((value) => ({ value, label: text(`paths.sides.${value}`) }))}
              onChange={setSide}
            />
          )}
          <SelectField size="s" label={text('paths.topLabel')} labelHidden value={String(ask.top)} choices={choices} onChange={(value) => change({ top: Number(value) })} />
        </div>
      }
    >
      <div className={style.wayHead} aria-hidden="true">
        <span />
        {(['profiles', 'paths', 'share', 'median', 'p90'] as const).map((it) => (
          <span key={it}>{text(`paths.${it}`)}</span>
        ))}
      </div>
      <ol className={style.ways} aria-label={text('paths.ways')}>
        {wayRows(reply, ask.top).map(({ way, share, reaches }, index) => {
          const of = { report: reply.report }
          const title = way.elements.map(nameOf).join(' → ')
          return (
            <li
              key={JSON.stringify(way.elements)}
              className={style.way}
              onPointerEnter={() => onFollow(side, index)}
              onPointerLeave={() => onFollow(side, null)}
              onFocus={() => onFollow(side, index)}
              onBlur={() => onFollow(side, null)}
            >
              <div className={style.line}>
                <WayLine elements={way.elements} lookAt={lookOf} nameOf={nameOf} most={11} />
                <Meter share={reaches} />
              </div>
              <Figure name={text('paths.profiles')}>
                <Count value={way.passes.profiles} people={{ of, select: { kind: 'paths', of: { path: way.elements } }, title }} />
              </Figure>
              <Figure name={text('paths.paths')}>{format.count(way.passes.times)}</Figure>
              <Figure name={text('paths.share')}>{format.share(share)}</Figure>
              <Figure name={text('paths.median')}>{way.elements.length < 2 ? '–' : format.span(way.median_ms)}</Figure>
              <Figure name={text('paths.p90')}>{way.elements.length < 2 ? '–' : format.span(way.p90_ms)}</Figure>
            </li>
          )
        })}
        {coverage.restWays > 0 && <RestRow reply={reply} ways={coverage.restWays} />}
        {reply.numbers.unfinished.times > 0 && <UnfinishedRow reply={reply} side={side} />}
      </ol>
    </Section>
  )
}

/** All ways that are not listed: one line, one number. */
function RestRow({ reply, ways }: { readonly reply: PathsReply; readonly ways: number }) {
  const text = useText()
  const format = useFormat()
  const { rest, total } = reply.numbers
  return (
    <li className={style.way} data-rest>
      <div className={style.line}>{text('paths.restWays', { count: ways, shown: format.count(ways) })}</div>
      <Figure name={text('paths.profiles')}>
        <Count value={rest.profiles} people={{ of: { report: reply.report }, select: { kind: 'paths', of: 'rest' }, title: text('paths.restTitle') }} />
      </Figure>
      <Figure name={text('paths.paths')}>{format.count(rest.times)}</Figure>
      <Figure name={text('paths.share')}>{format.share(rest.times / Math.max(1, total.times))}</Figure>
      <span />
      <span />
    </li>
  )
}

/** Paths that do not get to their end; they are in no share. */
function UnfinishedRow({ reply, side }: { readonly reply: PathsReply; readonly side: Side }) {
  const text = useText()
  const format = useFormat()
  const { unfinished } = reply.numbers
  const words = text(side === 'before' ? 'paths.neverMet' : 'paths.neverArrived')
  return (
    <li className={style.way} data-rest>
      <div className={style.line}>
        {words} · {text('paths.notInShares')}
      </div>
      <Figure name={text('paths.profiles')}>
        <Count value={unfinished.profiles} people={{ of: { report: reply.report }, select: { kind: 'paths', of: 'unfinished' }, title: words }} />
      </Figure>
      <Figure name={text('paths.paths')}>{format.count(unfinished.times)}</Figure>
      <span />
      <span />
      <span />
    </li>
  )
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <span className={style.number}>
      <span className={style.numberName}>{name}</span>
      {children}
    </span>
  )
}

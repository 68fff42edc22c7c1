import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { PeoplePopover } from '../ui/people-popover.tsx'
import { BAR, type LinkBand, layOut, moveInSankey, type NodeBox } from './sankey-layout.ts'
import { itemOf, partsOf, type Sankey, type SankeyLink, type SankeyNode } from './sankey.ts'
import style from './sankey.module.css'
import { useWidth } from './use-width.ts'

export type SankeyItem = SankeyNode | SankeyLink

/** Paths that are in no node, from one column to another. */
export type RestBand = { readonly times: number; readonly from: number; readonly to: number; readonly words: ReactNode }

type SankeyProps = {
  readonly label: string
  readonly sankey: Sankey
  /** Ways that are followed through the drawing, as long as nothing in it is looked at. */
  readonly followed: ReadonlySet<number> | null
  /** The head of a column: what it is called, and how much gets there. */
  readonly head: (column: readonly SankeyNode[], number: number) => { readonly title: string; readonly note: string }
  readonly nodeName: (node: SankeyNode) => string
  readonly nodeNumber: (node: SankeyNode) => string
  /** An item in words: for the note beside it, and what is told besides what can be read on it. */
  readonly describe: (item: SankeyItem) => { readonly title: string; readonly lines: readonly string[]; readonly told: string }
  /** What is shown when an item is opened. */
  readonly details: (item: SankeyItem) => ReactNode
  /** What the drawing leaves out, as thick as it is, under the columns that it is missing from. */
  readonly rests: readonly RestBand[]
}

/** A note that would not fit above its item lies below it. */
const NOTE_ROOM = 130
const [COLUMN_MIN, LABEL, HEAD, REST_GAP, REST_MIN] = [148, 132, 44, 18, 26] as const

/** Paths as a river: bands from place to place, as thick as many paths take them. One tab stop; arrows move along the bands, Enter opens. */
export function SankeyRiver({ label, sankey, followed, head, nodeName, nodeNumber, describe, details, rests }: SankeyProps) {
  const [box, width] = useWidth<HTMLDivElement>(1100)
  const fade = useId()
  const buttons = useRef(new Map<string, HTMLButtonElement>())
  const [hovered, setHovered] = useState<string | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const [stop, setStop] = useState<string | null>(null)
  const count = sankey.columns.length
  const wide = Math.max(width, count * COLUMN_MIN)
  const most = Math.max(1, ...sankey.columns.map((it) => it.length))
  const layout = useMemo(() => layOut(sankey, { width: wide, height: Math.max(400, most * 62), label: LABEL }), [sankey, wide, most])
  const here = hovered ?? focused
  const item = here === null ? undefined : itemOf(sankey, here)
  const parts = useMemo(() => {
    const strands = item === undefined ? followed : new Set(item.strands)
    return strands === null ? null : partsOf(sankey, strands)
  }, [sankey, item, followed])
  const first = layout.nodes[0]?.node.key ?? null
  const tabStop = stop !== null && itemOf(sankey, stop) !== undefined ? stop : first
  const restThickness = (times: number) => Math.max(2, times * layout.scale)
  const restHeight = Math.max(REST_MIN, ...rests.map((it) => restThickness(it.times)))
  const height = layout.height + (rests.length === 0 ? 0 : REST_GAP + restHeight)

  const minor = new Set(sankey.columns.flat().flatMap((it) => (it.element === null ? [it.key] : [])))
  const isRest = (link: SankeyLink) => minor.has(link.from) || minor.has(link.to)

  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !(event.target instanceof HTMLElement)) return
    const from = event.target.dataset['item']
    const to = from === undefined ? null : moveInSankey(layout, from, event.key)
    if (to === null) return
    event.preventDefault()
    buttons.current.get(to)?.focus()
  }
  const keep = (key: string) => (button: HTMLButtonElement | null) => {
    if (button === null) buttons.current.delete(key)
    else buttons.current.set(key, button)
  }
  const stopProps = (key: string) => ({
    'data-item': key,
    tabIndex: key === tabStop ? 0 : -1,
    onFocus: () => {
      setFocused(key)
      setStop(key)
    },
    onPointerEnter: () => setHovered(key),
  })
  const spot = here === null ? undefined : spotOf(here, layout.nodes, layout.links)
  return (
    <div ref={box} className={style.river}>
      <div
        className={style.scroll}
        role="group"
        aria-label={label}
        onKeyDown={press}
        onPointerLeave={() => setHovered(null)}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setFocused(null)
        }}
      >
        <div className={style.plane} style={{ width: wide, height: HEAD + height }}>
          {sankey.columns.map((column, at) => {
            const { title, note } = head(column, sankey.first + at)
            return (
              <div key={at} className={style.head} style={{ left: layout.columns[at], width: layout.step - 16 }}>
                <b>{title}</b>
                <span>{note}</span>
              </div>
            )
          })}
          <svg className={style.drawing} style={{ top: HEAD }} width={wide} height={height} viewBox={`0 0 ${wide} ${height}`} aria-hidden="true" focusable="false">
            <defs>
              <linearGradient id={`${fade}out`}>
                <stop offset="0" className={style.fade} stopOpacity="0.34" />
                <stop offset="1" className={style.fade} stopOpacity="0" />
              </linearGradient>
              <linearGradient id={`${fade}in`}>
                <stop offset="0" className={style.flow} stopOpacity="0" />
                <stop offset="1" className={style.flow} stopOpacity="0.34" />
              </linearGradient>
              <linearGradient id={`${fade}on`}>
                <stop offset="0" className={style.flow} stopOpacity="0.34" />
                <stop offset="1" className={style.flow} stopOpacity="0" />
              </linearGradient>
            </defs>
            <g data-muted={parts !== null || undefined} className={style.bands}>
              {layout.nodes.map((it) => (
                <g key={it.node.key}>
                  {it.earlier !== null && <path d={it.earlier} fill={`url(#${fade}in)`} />}
                  {it.open !== null && <path d={it.open} fill={`url(#${fade}on)`} />}
                  {it.ended !== null && <path d={it.ended} fill={`url(#${fade}out)`} />}
                </g>
              ))}
              {layout.links.map(({ link, path }) => (
                <path
                  key={link.key}
                  d={path}
                  className={style.band}
                  data-look={link.look}
                  data-rest={isRest(link) || undefined}
                  onPointerEnter={() => setHovered(link.key)}
                  onClick={() => buttons.current.get(link.key)?.click()}
                />
              ))}
            </g>
            {parts !== null &&
              layout.links.map(({ link, part }) => {
                const times = parts.get(link.key)
                return times === undefined ? null : <path key={link.key} d={part(times)} className={style.part} data-look={link.look} data-rest={isRest(link) || undefined} />
              })}
            {layout.nodes.map(({ node, x, y, height: tall }) => (
              <rect key={node.key} className={style.bar} data-rest={node.element === null || undefined} data-muted={parts !== null || undefined} x={x} y={y} width={BAR} height={tall} rx="2.5" />
            ))}
            {parts !== null &&
              layout.nodes.map(({ node, x, y, height: tall }) => {
                const times = parts.get(node.key)
                if (times === undefined) return null
                const share = times / Math.max(1, node.times, node.coming)
                return <rect key={node.key} className={style.bar} data-rest={node.element === null || undefined} x={x} y={y} width={BAR} height={Math.max(2, tall * Math.min(1, share))} rx="2.5" />
              })}
            {rests.map(({ times, from, to }) => {
              const [begin = 0, end = 0] = [layout.columns[from], layout.columns[to]]
              return <rect key={from} className={style.rest} x={begin} y={layout.height + REST_GAP} width={Math.max(BAR, end + BAR - begin)} height={restThickness(times)} rx="2.5" />
            })}
          </svg>
          {layout.nodes.map(({ node, x, top, slot }) => (
            <Item
              key={node.key}
              item={node}
              className={style.node}
              place={{ left: x - 4, top: HEAD + top, height: slot, maxWidth: node.column + 1 === count ? LABEL : Math.max(LABEL, layout.step - 18) }}
              words={describe(node)}
              muted={parts !== null && !parts.has(node.key)}
              keep={keep(node.key)}
              stop={stopProps(node.key)}
              details={details}
            >
              <span className={style.name}>{nodeName(node)}</span>
              <span className={style.number}>{nodeNumber(node)}</span>
            </Item>
          ))}
          {layout.links.map(({ link, middle }) => (
            <Item
              key={link.key}
              item={link}
              className={style.link}
              place={{ left: middle.x - 12, top: HEAD + middle.y - 12 }}
              words={describe(link)}
              muted={false}
              keep={keep(link.key)}
              stop={stopProps(link.key)}
              details={details}
            />
          ))}
          {rests.map(({ times, from, words }) => (
            <div
              key={from}
              className={style.restWords}
              style={{ top: HEAD + layout.height + REST_GAP + Math.max(REST_MIN, Math.min(60, restThickness(times))) / 2, left: (layout.columns[from] ?? 0) + 16 }}
            >
              {words}
            </div>
          ))}
          {item !== undefined && spot !== undefined && <Note words={describe(item)} left={Math.max(130, Math.min(wide - 130, spot.x))} top={HEAD + spot.y} />}
        </div>
      </div>
    </div>
  )
}

type ItemProps = {
  readonly item: SankeyItem
  readonly className: string | undefined
  readonly place: CSSProperties
  readonly words: ReturnType<SankeyProps['describe']>
  readonly muted: boolean
  readonly keep: (button: HTMLButtonElement | null) => void
  readonly stop: { readonly 'data-item': string; readonly tabIndex: number; readonly onFocus: () => void; readonly onPointerEnter: () => void }
  readonly details: (item: SankeyItem) => ReactNode
  readonly children?: ReactNode
}

function Item({ item, className, place, words, muted, keep, stop, details, children }: ItemProps) {
  return (
    <PeoplePopover
      label={words.title}
      target={({ ref, ...target }) => (
        <button
          type="button"
          {...target}
          {...stop}
          ref={(button) => {
            keep(button)
            if (typeof ref === 'function') ref(button)
            else if (ref !== null && ref !== undefined) ref.current = button
          }}
          className={className}
          style={place}
          data-muted={muted || undefined}
        >
          {children}
          <span className="visually-hidden">{words.told}</span>
        </button>
      )}
    >
      {details(item)}
    </PeoplePopover>
  )
}

function Note({ words, left, top }: { readonly words: ReturnType<SankeyProps['describe']>; readonly left: number; readonly top: number }) {
  return (
    <div className={style.note} data-below={top < NOTE_ROOM || undefined} style={{ left, top }} aria-hidden="true">
      <b>{words.title}</b>
      {words.lines.map((it) => (
        <span key={it}>{it}</span>
      ))}
    </div>
  )
}

function spotOf(key: string, nodes: readonly NodeBox[], links: readonly LinkBand[]): { readonly x: number; readonly y: number } | undefined {
  const node = nodes.find((it) => it.node.key === key)
  return node === undefined ? links.find((it) => it.link.key === key)?.middle : { x: node.x + 60, y: node.top + 4 }
}

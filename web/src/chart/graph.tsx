import { type CSSProperties, type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { PeoplePopover } from '../ui/people-popover.tsx'
import { edgeKey, type GraphEdge, type GraphNode, layOutGraph, nearest, NODE_HEIGHT, NODE_WIDTH } from './graph-layout.ts'
import style from './graph.module.css'

type GraphProps = {
  readonly label: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly nodeName: (id: string) => string
  readonly nodeNumber: (id: string) => string
  readonly edgeNumber: (edge: GraphEdge) => string
  /** An item in words, for those who do not see where it lies. */
  readonly tell: (item: GraphItem) => string
  /** What is shown when an item is opened. */
  readonly details: (item: GraphItem) => ReactNode
}

export type GraphItem = { readonly kind: 'node'; readonly id: string } | { readonly kind: 'edge'; readonly edge: GraphEdge }

/** What follows what as places and arrows. One tab stop; arrow keys go to what lies there, Enter opens it. */
export function Graph({ label, nodes, edges, nodeName, nodeNumber, edgeNumber, tell, details }: GraphProps) {
  const layout = useMemo(() => layOutGraph(nodes, edges), [nodes, edges])
  const buttons = useRef(new Map<string, HTMLButtonElement>())
  const [hovered, setHovered] = useState<string | null>(null)
  const [stop, setStop] = useState<string | null>(null)
  const places = [
    ...layout.nodes.map(({ id, x, y }) => ({ key: nodeKey(id), x: x + NODE_WIDTH / 2, y: y + NODE_HEIGHT / 2 })),
    ...layout.edges.map(({ key, middle }) => ({ key, ...middle })),
  ]
  const tabStop = places.some((it) => it.key === stop) ? stop : (places[0]?.key ?? null)
  const isTouched = (edge: GraphEdge) => hovered === null || hovered === edgeKey(edge) || hovered === nodeKey(edge.from) || hovered === nodeKey(edge.to)
  const press = (event: KeyboardEvent) => {
    const here = event.target instanceof HTMLElement ? event.target.dataset['item'] : undefined
    if (here === undefined) return
    const next = nearest(places, here, event.key)
    if (next === null) return
    event.preventDefault()
    buttons.current.get(next)?.focus()
  }
  const item = (key: string) => ({
    stop: { 'data-item': key, tabIndex: key === tabStop ? 0 : -1, onFocus: () => setStop(key), onPointerEnter: () => setHovered(key), onPointerLeave: () => setHovered(null) },
    keep: (button: HTMLButtonElement | null) => void (button === null ? buttons.current.delete(key) : buttons.current.set(key, button)),
  })
  return (
    <div className={style.scroll} role="group" aria-label={label} data-picture={label} onKeyDown={press}>
      <div className={style.plane} style={{ width: layout.width, height: layout.height }}>
        <svg className={style.drawing} width={layout.width} height={layout.height} aria-hidden="true">
          {layout.edges.map(({ key, edge, look, path, tip, width }) => {
            const looks = { 'data-look': look, 'data-muted': !isTouched(edge) || undefined, 'data-here': (hovered !== null && isTouched(edge)) || undefined }
            return (
              <g key={key}>
                <path d={path} className={style.edge} strokeWidth={width} {...looks} />
                <path d={tip} className={style.tip} {...looks} />
              </g>
            )
          })}
        </svg>
        {layout.nodes.map(({ id, x, y }) => (
          <Item key={id} item={{ kind: 'node', id }} className={style.node} place={{ left: x, top: y, width: NODE_WIDTH, height: NODE_HEIGHT }} tell={tell} details={details} {...item(nodeKey(id))}>
            <span className={style.name}>{nodeName(id)}</span>
            <span className={style.number}>{nodeNumber(id)}</span>
          </Item>
        ))}
        {layout.edges.map(({ key, edge, middle }) => (
          <Item key={key} item={{ kind: 'edge', edge }} className={style.link} place={{ left: middle.x, top: middle.y }} tell={tell} details={details} {...item(key)}>
            <span>{edgeNumber(edge)}</span>
          </Item>
        ))}
      </div>
    </div>
  )
}

function nodeKey(id: string): string {
  return `node ${id}`
}

type ItemProps = {
  readonly item: GraphItem
  readonly className: string | undefined
  readonly place: CSSProperties
  readonly tell: (item: GraphItem) => string
  readonly details: (item: GraphItem) => ReactNode
  readonly keep: (button: HTMLButtonElement | null) => void
  readonly stop: { readonly 'data-item': string; readonly tabIndex: number; readonly onFocus: () => void; readonly onPointerEnter: () => void; readonly onPointerLeave: () => void }
  readonly children: ReactNode
}

function Item({ item, className, place, tell, details, keep, stop, children }: ItemProps) {
  return (
    <PeoplePopover
      label={tell(item)}
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
        >
          {children}
          <span className="visually-hidden"> {tell(item)}</span>
        </button>
      )}
    >
      {details(item)}
    </PeoplePopover>
  )
}

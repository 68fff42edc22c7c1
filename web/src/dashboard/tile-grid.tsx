import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react'
import type { Narrow, Tile } from '../api/dashboard.ts'
import { useText } from '../i18n/use-text.ts'
import { moveTile } from '../report/tiles.ts'
import { Icon } from '../ui/icon.tsx'
import { announce } from '../ui/toast.tsx'
import { TileCard } from './tile-card.tsx'
import style from './dashboard.module.css'
import type { Card } from './use-cards.ts'

type GridProps = {
  readonly cards: readonly Card[]
  /** What holds for all of them. */
  readonly narrow: Narrow
  /** Set for those who may change the dashboard. */
  readonly change: ((tiles: (tiles: readonly Tile[]) => readonly Tile[]) => void) | null
  readonly onEdit: (tile: Tile) => void
}

/** The cards in reading order. They are moved by their grip: with a pointer, or with the arrow keys. */
export function TileGrid({ cards, narrow, change, onEdit }: GridProps) {
  const text = useText()
  const grid = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const places = new Map(cards.map((card, index) => [card.tile.id, index]))
  const move = (id: string, to: number) => {
    if (change === null || to < 0 || to >= cards.length) return
    change((tiles) => moveTile(tiles, id, to))
    announce(text('dashboard.movedTo', { place: to + 1, count: cards.length }))
    // The card is drawn at its new place with the focus still on its grip.
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-grip="${id}"]`)?.focus())
  }
  const drop = (event: DragEvent, to: number) => {
    event.preventDefault()
    if (dragged !== null) move(dragged, to)
    setDragged(null)
    setOver(null)
  }
  return (
    <ol className={style.grid} ref={grid} aria-label={text('dashboard.cards')}>
      {cards.map((card, index) => {
        const { id, width, height } = card.tile
        const isAfter = dragged !== null && (places.get(dragged) ?? 0) < index
        return (
          <li
            key={id}
            className={style.card}
            data-width={width}
            data-height={height}
            data-dragged={dragged === id || undefined}
            data-over={over === id && dragged !== id ? (isAfter ? 'after' : 'before') : undefined}
            data-text={'text' in card.tile.content || undefined}
            onDragOver={(event) => {
              if (dragged === null) return
              event.preventDefault()
              setOver(id)
            }}
            onDrop={(event) => drop(event, index)}
          >
            <TileCard
              card={card}
              narrow={narrow}
              lead={
                change === null ? undefined : (
                  <Grip
                    id={id}
                    label={text('dashboard.moveCard', { place: index + 1, count: cards.length })}
                    tip={text('dashboard.moveTip')}
                    onMove={(step) => move(id, index + step)}
                    onDrag={() => setDragged(id)}
                    onDragEnd={() => {
                      setDragged(null)
                      setOver(null)
                    }}
                  />
                )
              }
              place={{ index, count: cards.length }}
              onMove={change === null ? null : (step) => move(id, index + step)}
              change={change}
              onEdit={onEdit}
            />
          </li>
        )
      })}
    </ol>
  )
}

type GripProps = {
  readonly id: string
  readonly label: string
  readonly tip: string
  readonly onMove: (step: number) => void
  readonly onDrag: () => void
  readonly onDragEnd: () => void
}

function Grip({ id, label, tip, onMove, onDrag, onDragEnd }: GripProps) {
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    onMove(step)
  }
  return (
    <button
      type="button"
      draggable
      data-grip={id}
      data-tip={tip}
      className={style.grip}
      aria-label={label}
      onKeyDown={press}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', id)
        const card = event.currentTarget.closest('li')
        if (card !== null) event.dataTransfer.setDragImage(card, 24, 24)
        onDrag()
      }}
      onDragEnd={onDragEnd}
    >
      <Icon name="grip" size={16} />
    </button>
  )
}

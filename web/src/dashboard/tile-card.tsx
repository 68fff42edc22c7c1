import { defaultStringifySearch, Link, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Narrow, Tile } from '../api/dashboard.ts'
import { isComparable } from '../api/compare.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { CardComparison } from '../report/comparison-view.tsx'
import { placeOf } from '../report/saved.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, type MenuGroup } from '../ui/menu.tsx'
import { toast } from '../ui/toast.tsx'
import style from './dashboard.module.css'
import { CardFrame, CardNumbers, CardRange, CardText, GoneCard } from './card-frame.tsx'
import { MapCard, MapTitle } from './map-card.tsx'
import type { Card } from './use-cards.ts'

type TilesChange = (tiles: (tiles: readonly Tile[]) => readonly Tile[]) => void

type CardProps = {
  readonly card: Card
  /** What holds for all cards. */
  readonly narrow: Narrow
  readonly lead: ReactNode
  readonly place: { readonly index: number; readonly count: number }
  readonly onMove: ((step: number) => void) | null
  readonly change: TilesChange | null
  readonly onEdit: (tile: Tile) => void
}

/** As high as this and there is room for more than the main drawing. */
const TALL = 3

/** One card of a dashboard with everything that can be done to it. */
export function TileCard({ card, narrow, lead, place, onMove, change, onEdit }: CardProps) {
  const { tile, answer } = card
  const isText = 'text' in tile.content
  const name = useCardName(card)
  return (
    <CardFrame
      name={name}
      title={isText ? tile.title : 'map' in tile.content ? <MapTitle id={tile.content.map} title={tile.title ?? ''} /> : <CardTitle card={card} name={name} />}
      note={tile.note ?? ''}
      lead={lead}
      isStale={card.isFetching && answer === undefined}
      aside={
        <span className={style.aside}>
          {answer !== undefined && <CardRange answer={answer} />}
          {change !== null && onMove !== null && <CardMenu tile={tile} name={name} place={place} onMove={onMove} change={change} onEdit={onEdit} />}
        </span>
      }
    >
      {'text' in tile.content ? (
        <CardText content={tile.content.text} />
      ) : 'map' in tile.content ? (
        <MapCard id={tile.content.map} narrow={narrow} />
      ) : card.isGone ? (
        <GoneCard />
      ) : (
        <>
          {card.comparison !== undefined && card.report !== null && isComparable(card.report) && <CardComparison report={card.report} comparison={card.comparison} />}
          <CardNumbers answer={answer} error={card.error} onRetry={card.refetch} isTall={tile.height >= TALL} />
        </>
      )}
    </CardFrame>
  )
}

function useCardName({ tile, saved }: Card): string {
  const text = useText()
  if (tile.title !== undefined && tile.title !== '') return tile.title
  return saved?.title ?? text('text' in tile.content ? 'dashboard.textCard' : 'map' in tile.content ? 'dashboard.map.card' : 'dashboard.card')
}

/** The title leads to the whole report, asked as the card asks it. */
function CardTitle({ card: { saved, report, tile, comparison }, name }: { readonly card: Card; readonly name: string }) {
  const { id: ws } = useWorkspace()
  const router = useRouter()
  const isAsIs = report !== null && saved !== undefined && JSON.stringify(saved.report) === JSON.stringify(report)
  if (saved !== undefined && (isAsIs || saved.report.kind === 'paths')) {
    return (
      <Link to="/w/$ws/reports/$report" params={{ ws, report: saved.id }}>
        {name}
      </Link>
    )
  }
  const place = report === null || 'text' in tile.content ? null : placeOf({ report, ...(comparison === undefined ? {} : { against: comparison.against }) })
  if (place === null) return name
  const href = `/w/${ws}/${place.page}${defaultStringifySearch({ ...place.search })}`
  return (
    <a
      href={href}
      onClick={(event) => {
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        void router.navigate({ href })
      }}
    >
      {name}
    </a>
  )
}

const widths = [4, 6, 8, 12] as const
const heights = [1, 2, 3, 4, 5, 6] as const

type MenuProps = {
  readonly tile: Tile
  readonly name: string
  readonly place: CardProps['place']
  readonly onMove: (step: number) => void
  readonly change: TilesChange
  readonly onEdit: (tile: Tile) => void
}

function CardMenu({ tile, name, place: { index, count }, onMove, change, onEdit }: MenuProps) {
  const text = useText()
  const set = (some: Partial<Tile>) => change((tiles) => tiles.map((it) => (it.id === tile.id ? { ...it, ...some } : it)))
  const remove = () => {
    change((tiles) => tiles.filter((it) => it.id !== tile.id))
    toast(text('dashboard.cardRemoved'), {
      label: text('report.undo'),
      run: () => change((tiles) => (tiles.some((it) => it.id === tile.id) ? tiles : [...tiles.slice(0, index), tile, ...tiles.slice(index)])),
    })
  }
  const groups: readonly MenuGroup[] = [
    {
      items: [
        { key: 'edit', label: text('dashboard.editCard'), icon: 'edit', run: () => onEdit(tile) },
        { key: 'earlier', label: text('dashboard.moveEarlier'), icon: 'up', refused: index === 0 ? text('dashboard.isFirst') : undefined, run: () => onMove(-1) },
        { key: 'later', label: text('dashboard.moveLater'), icon: 'down', refused: index === count - 1 ? text('dashboard.isLast') : undefined, run: () => onMove(1) },
      ],
    },
    { label: text('dashboard.width'), items: widths.map((width) => ({ key: `w${width}`, label: text(`dashboard.widths.${width}`), chosen: tile.width === width, run: () => set({ width }) })) },
    { label: text('dashboard.height'), items: heights.map((height) => ({ key: `h${height}`, label: text(`dashboard.heights.${height}`), chosen: tile.height === height, run: () => set({ height }) })) },
    { items: [{ key: 'remove', label: text('dashboard.removeCard'), icon: 'trash', danger: true, run: remove }] },
  ]
  return (
    <Menu label={text('dashboard.cardMenu', { name })} side="bottom-end" groups={groups}>
      {(target) => <IconButton {...target} size="s" icon="more" label={text('dashboard.cardMenu', { name })} />}
    </Menu>
  )
}

import type { Dashboard, Narrow, Tile } from '../api/dashboard.ts'
import type { Funnel } from '../api/funnel.ts'
import type { Report, Rule } from '../api/model.ts'

/** As many ways as the server lists: a drawing of all of them leaves nothing out. */
const WAYS_MAX = 10_000

/** The question of a tile: what the dashboard holds it to comes to the report's own, as the server does it for links and mails. */
export function tileReport(report: Report, narrow: Narrow): Report {
  if (report.kind !== 'difference') return tileQuestion(report, narrow)
  // Each of the two is held to it as if it were asked alone.
  return { ...report, from: tileFunnel(report.from, narrow), to: tileFunnel(report.to, narrow) }
}

function tileFunnel(funnel: Funnel, narrow: Narrow): Funnel {
  const narrowed = tileQuestion({ ...funnel, kind: 'funnel' }, narrow)
  if (narrowed.kind !== 'funnel') return funnel
  const { kind: _, ...rest } = narrowed
  return rest
}

type Question = Exclude<Report, { readonly kind: 'difference' }>

function tileQuestion(report: Question, { range, filter, people }: Narrow): Question {
  const ranged: Question = range == null ? report : { ...report, range }
  const filtered = filter == null ? ranged : withFilter(ranged, filter)
  const own = filtered.people
  const narrowed: Question = people == null ? filtered : { ...filtered, people: own == null ? people : { all: [own, people] } }
  return narrowed.kind === 'paths' ? { ...narrowed, top: WAYS_MAX } : narrowed
}

function withFilter(report: Question, rule: Rule): Question {
  // A funnel says besides when its filter takes hold.
  if (report.kind === 'funnel') return { ...report, filter: { ...report.filter, rule: both(report.filter?.rule, rule) } }
  return { ...report, filter: both(report.filter, rule) }
}

function both(own: Rule | null | undefined, rule: Rule): Rule {
  return own == null ? rule : { all: [own, rule] }
}

/** An id that no tile of a dashboard has. */
export function newTileId(tiles: readonly Tile[]): string {
  const taken = new Set(tiles.map((it) => it.id))
  let number = tiles.length + 1
  while (taken.has(`tile-${number}`)) number += 1
  return `tile-${number}`
}

/** A dashboard with one tile more, at its end. */
export function withTile(dashboard: Dashboard, tile: Omit<Tile, 'id'>): Dashboard {
  const tiles = dashboard.tiles ?? []
  return { ...dashboard, tiles: [...tiles, { id: newTileId(tiles), ...tile }] }
}

/** The tiles with one of them at another place. */
export function moveTile(tiles: readonly Tile[], id: string, to: number): readonly Tile[] {
  const moved = tiles.find((it) => it.id === id)
  if (moved === undefined) return tiles
  const rest = tiles.filter((it) => it.id !== id)
  const place = Math.max(0, Math.min(rest.length, to))
  return [...rest.slice(0, place), moved, ...rest.slice(place)]
}

/** The size that a report needs to be read. */
export function usualSize(report: Report): Pick<Tile, 'width' | 'height'> {
  switch (report.kind) {
    case 'paths':
    case 'stage_time':
    case 'work_time':
      return { width: 12, height: 3 }
    case 'attribution':
    case 'channels':
    case 'switches':
    case 'heatmap':
    case 'rfm':
    case 'page_map':
    case 'drivers':
    case 'reasons':
    case 'topics':
    case 'choice':
    case 'unexpected':
    case 'bottlenecks':
    case 'lift':
    case 'promises':
    case 'difference':
    case 'last_touch':
      return { width: 12, height: 3 }
    case 'funnel':
      return { width: 6, height: report.steps.length > 4 ? 4 : 3 }
    case 'trends':
      return { width: 6, height: report.series.length > 1 || report.breakdown != null ? 3 : 2 }
    default:
      return { width: 6, height: 2 }
  }
}

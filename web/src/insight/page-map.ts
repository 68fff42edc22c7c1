import type { PageMap, PageMapAnswer, PageMapSelect, PageMapWidth } from '../api/page-map.ts'

export const shownWidths = ['phone', 'tablet', 'desktop'] as const
export type Shown = (typeof shownWidths)[number]

export const layers = ['clicks', 'scroll', 'attention'] as const
export type Layer = (typeof layers)[number]

/** Cells from the left to the right edge, as the server has them. */
export const COLUMNS = 20

/** Height of a band in CSS pixels, as the library measures it. */
export const BAND_PX = 100

/** Shades that cells and bands have. */
const HEATS = 5

/** Which pages are meant: one path, or all that begin alike. */
export type PageChoice = { readonly kind: 'is' | 'starts_with'; readonly path: string }

/** What a report says of its page; anything finer than one path is left as it is and shown as nothing. */
export function choiceOf(page: PageMap['page']): PageChoice {
  if ('starts_with' in page) return { kind: 'starts_with', path: page.starts_with }
  if ('is' in page) return { kind: 'is', path: String(page.is[0] ?? '') }
  return { kind: 'is', path: '' }
}

export function pageOfChoice({ kind, path }: PageChoice): PageMap['page'] {
  return kind === 'starts_with' ? { starts_with: path } : { is: path === '' ? [] : [path] }
}

/** It can be asked once it says which page. */
export function isAskable(map: PageMap): boolean {
  const { page } = map
  if ('is' in page) return page.is.length > 0
  return !('starts_with' in page) || page.starts_with !== ''
}

/** The width to look at: what was chosen, else the one with the most clicks and views. */
export function widthToShow(answer: PageMapAnswer, chosen: Shown | undefined): PageMapWidth | undefined {
  const busy = (it: PageMapWidth) => it.clicks.clicks.times + it.views.times
  const busiest = answer.widths.reduce<PageMapWidth | undefined>((best, it) => (best === undefined || busy(it) > busy(best) ? it : best), undefined)
  return answer.widths.find((it) => it.class === chosen) ?? busiest
}

/** How high the page is in thousandths of its width: as it was measured, and never less than what was clicked or seen on it. */
export function heightOf(width: PageMapWidth): number {
  const px = width.page_width ?? 1
  const measured = ((width.page_height ?? 0) * 1_000) / px
  const clicked = Math.max(0, ...width.cells.map((it) => ((it.row + 1) * 1_000) / COLUMNS))
  const looked = (width.bands.length * BAND_PX * 1_000) / px
  // A click far below the page is a mistake of its measure; it may not make the rest too small to see.
  return Math.max(measured, measured === 0 ? clicked : Math.min(clicked, measured * 1.1), measured === 0 ? looked : 0, 100)
}

/** A shade from 0 for nothing to 5 for the most; roots keep what is rare in sight. */
export function heatOf(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0
  return Math.max(1, Math.min(HEATS, Math.ceil(Math.sqrt(value / most) * HEATS)))
}

/** A band as it is drawn. */
export type BandLine = { readonly top: number; readonly height: number; readonly topPx: number; readonly reached: number; readonly viewers: number; readonly share: number | null; readonly lookedMs: number; readonly lookers: number; readonly eachMs: number | null }

/** Bands from the top, in thousandths of the width of the page. */
export function bandLines(width: PageMapWidth): readonly BandLine[] {
  const unit = 1_000 / (width.page_width ?? 1_000)
  return width.bands.map((band) => ({
    top: band.top * unit,
    height: BAND_PX * unit,
    topPx: band.top,
    reached: band.reached.times,
    viewers: band.reached.profiles,
    share: width.views.times === 0 ? null : band.reached.times / width.views.times,
    lookedMs: band.looked_ms,
    lookers: band.lookers,
    eachMs: width.views.times === 0 ? null : band.looked_ms / width.views.times,
  }))
}

/** How far down half of the views go, in CSS pixels; none without views. */
export function halfReach(width: PageMapWidth): number | null {
  if (width.views.times === 0) return null
  const half = width.bands.filter((it) => it.reached.times * 2 >= width.views.times)
  return half.length * BAND_PX
}

/** Names the people behind a number of the map. */
export function visitorsOf(map: PageMap, width: Shown | null) {
  const of = { report: { kind: 'page_map' as const, ...map } }
  return (title: string, part: PageMapSelect['of']) => ({ of, title, select: { kind: 'page_map', ...(width === null ? {} : { width }), of: part } })
}

import type { PageMap, PageMapWidth } from '../api/page-map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useOpenPeople } from '../ui/people.ts'
import style from './page-map.module.css'
import { bandLines, COLUMNS, heatOf, heightOf, type Layer, visitorsOf } from './page-map.ts'

type CanvasProps = { readonly map: PageMap; readonly width: PageMapWidth; readonly layer: Layer }

/** The page as boxes of its elements, with clicks, scrolling or attention laid over it. The tables beside it say the same. */
export function PageMapCanvas({ map, width, layer }: CanvasProps) {
  const text = useText()
  const height = heightOf(width)
  const down = (thousandths: number) => `${(thousandths / height) * 100}%`
  const across = (thousandths: number) => `${thousandths / 10}%`
  const fold = width.fold == null || width.page_width == null ? null : (width.fold * 1_000) / width.page_width
  return (
    <div className={style.frame} data-class={width.class} tabIndex={0} role="region" aria-label={text('pageMap.drawing', { layer: text(`pageMap.layer.${layer}`) })} data-picture={text('page.pageMap')}>
      <div className={style.sheet} style={{ aspectRatio: `1000 / ${height}` }}>
        {layer === 'clicks' ? <Cells map={map} width={width} down={down} /> : <Bands map={map} width={width} layer={layer} down={down} />}
        {width.elements.map(({ at, selector, text: words }) =>
          at == null ? null : (
            <div key={selector} className={style.box} style={{ left: across(at.left), top: down(at.top), width: across(at.width), height: down(at.height) }}>
              <span>{words}</span>
            </div>
          ),
        )}
        {fold !== null && fold < height && (
          <div className={style.fold} style={{ top: down(fold) }}>
            <span>{text('pageMap.fold')}</span>
          </div>
        )}
      </div>
    </div>
  )
}

type LayerProps = { readonly map: PageMap; readonly width: PageMapWidth; readonly down: (thousandths: number) => string }

function Cells({ map, width, down }: LayerProps) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const people = visitorsOf(map, width.class)
  const most = Math.max(0, ...width.cells.map((it) => it.clicks.times))
  const side = 1_000 / COLUMNS
  return (
    <>
      {width.cells.map(({ row, column, clicks, rage, dead }) => {
        const words = [
          text('pageMap.clicksTold', { count: clicks.times, shown: format.count(clicks.times), profiles: format.count(clicks.profiles) }),
          ...(rage.times > 0 ? [text('pageMap.rageTold', { count: rage.times, shown: format.count(rage.times) })] : []),
          ...(dead.times > 0 ? [text('pageMap.deadTold', { count: dead.times, shown: format.count(dead.times) })] : []),
        ].join(' · ')
        return (
          <button
            key={`${row} ${column}`}
            type="button"
            className={style.cell}
            data-heat={heatOf(clicks.times, most)}
            data-angry={rage.times > 0 || undefined}
            // Hundreds of stops would be in the way of keys; the table beside has the same.
            tabIndex={-1}
            data-tip={words}
            aria-label={words}
            style={{ left: `${(column * 100) / COLUMNS}%`, top: down(row * side), width: `${100 / COLUMNS}%`, height: down(side) }}
            onClick={() => open?.(people(words, { cell: { row, column } }))}
          />
        )
      })}
    </>
  )
}

function Bands({ map, width, layer, down }: LayerProps & { readonly layer: 'scroll' | 'attention' }) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const people = visitorsOf(map, width.class)
  const lines = bandLines(width)
  const most = Math.max(0, ...lines.map((it) => it.lookedMs))
  return (
    <>
      {lines.map((it) => {
        const share = format.shareIfAny(it.share)
        const each = it.eachMs === null ? '–' : format.span(it.eachMs)
        const shown = layer === 'scroll' ? share : each
        const words = text(`pageMap.band.${layer}`, { top: format.count(it.topPx), shown })
        return (
          <button
            key={it.topPx}
            type="button"
            className={style.band}
            data-heat={layer === 'scroll' ? heatOf((it.share ?? 0) ** 2, 1) : heatOf(it.lookedMs, most)}
            tabIndex={-1}
            data-tip={words}
            aria-label={words}
            style={{ top: down(it.top), height: down(it.height) }}
            onClick={() => open?.(people(words, layer === 'scroll' ? { reached: it.topPx } : { looked: it.topPx }))}
          >
            <span>{shown}</span>
          </button>
        )
      })}
    </>
  )
}

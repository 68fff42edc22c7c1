import type { ClickTally, PageMap, PageMapAnswer, PageMapWidth } from '../api/page-map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Count } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import funnelStyle from './funnel.module.css'
import { PageMapCanvas } from './page-map-canvas.tsx'
import style from './page-map.module.css'
import { bandLines, halfReach, type Layer, layers, type Shown, visitorsOf, widthToShow } from './page-map.ts'
import { WideTable } from '../ui/wide-table.tsx'

type AnswerProps = {
  readonly map: PageMap
  readonly numbers: PageMapAnswer
  readonly shown: Shown | undefined
  readonly layer: Layer
  readonly look: (change: { readonly width?: Shown; readonly layer?: Layer }) => void
}

/** The figures of one width, the page as it is drawn, and the same in tables. */
export function PageMapAnswerView({ map, numbers, shown, layer, look }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const width = widthToShow(numbers, shown)
  if (width === undefined) return null
  return (
    <>
      <div className={style.looks}>
        <Segments
          label={text('pageMap.width')}
          value={width.class}
          segments={numbers.widths.map((it) => ({ value: it.class, label: text(`pageMap.widths.${it.class}`) }))}
          onChange={(chosen) => look({ width: chosen })}
        />
        <Segments label={text('pageMap.layers')} value={layer} segments={layers.map((value) => ({ value, label: text(`pageMap.layer.${value}`) }))} onChange={(chosen) => look({ layer: chosen })} />
      </div>
      <Figures map={map} width={width} />
      {width.views.times === 0 && width.clicks.clicks.times === 0 ? (
        <Empty small title={text('pageMap.nobodyAtWidth')} />
      ) : (
        <div className={style.both}>
          <PageMapCanvas map={map} width={width} layer={layer} />
          <div className={style.beside}>
            {layer === 'clicks' ? (
              <Section title={text('pageMap.elements')} note={text('pageMap.elementsNote')}>
                <PageElements map={map} width={width} />
              </Section>
            ) : (
              <Section title={text(`pageMap.layer.${layer}`)} note={text(`pageMap.bandsNote.${layer}`)}>
                <PageBands map={map} width={width} layer={layer} />
              </Section>
            )}
          </div>
        </div>
      )}
      <p className={funnelStyle.hint}>
        {text('pageMap.about')}
        {numbers.unplaced > 0 && ` ${text('pageMap.unplaced', { count: numbers.unplaced, shown: format.count(numbers.unplaced) })}`}
      </p>
    </>
  )
}

function Figures({ map, width }: { readonly map: PageMap; readonly width: PageMapWidth }) {
  const text = useText()
  const format = useFormat()
  const people = visitorsOf(map, width.class)
  const half = halfReach(width)
  const { clicks, rage, dead } = width.clicks
  const share = (part: number) => {
    const found = shareOf(part, width.clicks.clicks.times)
    return found === null ? null : format.share(found)
  }
  const figures = [
    { name: text('pageMap.views'), value: width.views.times, part: 'viewed' as const, profiles: width.views.profiles, share: null },
    { name: text('pageMap.clicks'), value: clicks.times, part: 'clicked' as const, profiles: clicks.profiles, share: null },
    { name: text('pageMap.rage'), value: rage.times, part: 'rage' as const, profiles: rage.profiles, share: share(rage.times) },
    { name: text('pageMap.dead'), value: dead.times, part: 'dead' as const, profiles: dead.profiles, share: share(dead.times) },
  ]
  return (
    <dl className={funnelStyle.figures}>
      {figures.map((it) => (
        <div key={it.part}>
          <dt>{it.name}</dt>
          <dd>
            <strong>{format.count(it.value)}</strong>
            {it.share !== null && <span>{it.share}</span>}
            <span>
              {text('pageMap.by')} <Count value={it.profiles} people={people(it.name, it.part)} />
            </span>
          </dd>
        </div>
      ))}
      <div>
        <dt>{text('pageMap.half')}</dt>
        <dd>
          <strong>{half === null ? '–' : text('pageMap.px', { shown: format.count(half) })}</strong>
          {width.page_height != null && <span>{text('pageMap.ofHeight', { shown: format.count(width.page_height) })}</span>}
        </dd>
      </div>
    </dl>
  )
}

/** Elements by how often they are clicked. */
export function PageElements({ map, width }: { readonly map: PageMap; readonly width: PageMapWidth }) {
  const text = useText()
  const format = useFormat()
  const people = visitorsOf(map, width.class)
  if (width.elements.length === 0) return <Empty small title={text('pageMap.noClicks')} />
  const most = Math.max(1, ...width.elements.map((it) => it.clicks.times))
  const share = (part: number, tally: ClickTally) => {
    const found = shareOf(part, tally.clicks.times)
    return found === null || part === 0 ? '–' : format.share(found)
  }
  return (
    <>
      <WideTable name={text('pageMap.elements')} className={style.table} first={text('pageMap.element')} heads={[text('pageMap.clicks'), text('pageMap.people'), text('pageMap.rage'), text('pageMap.dead')]}>
        {width.elements.map((it) => (
          <tr key={it.selector}>
            <th scope="row">
              {it.text ?? <code>{it.selector}</code>}
              {it.text != null && (
                <span className={style.under}>
                  <code>{it.selector}</code>
                </span>
              )}
            </th>
            <td data-number>
              {format.count(it.clicks.times)}
              <Meter share={it.clicks.times / most} />
            </td>
            <td data-number>
              <Count value={it.clicks.profiles} people={people(it.text ?? it.selector, { element: it.selector })} />
            </td>
            <td data-number>{share(it.rage.times, it)}</td>
            <td data-number>{share(it.dead.times, it)}</td>
          </tr>
        ))}
      </WideTable>
      {width.more_elements > 0 && <p className={funnelStyle.hint}>{text('pageMap.moreElements', { count: width.more_elements, shown: format.count(width.more_elements) })}</p>}
    </>
  )
}

/** Bands from the top down: how many views reach them, or how long they are in sight. */
function PageBands({ map, width, layer }: { readonly map: PageMap; readonly width: PageMapWidth; readonly layer: 'scroll' | 'attention' }) {
  const text = useText()
  const format = useFormat()
  const people = visitorsOf(map, width.class)
  const lines = bandLines(width)
  if (lines.length === 0) return <Empty small title={text('pageMap.noBands')} />
  const most = Math.max(1, ...lines.map((it) => it.lookedMs))
  const heads = layer === 'scroll' ? [text('pageMap.share'), text('pageMap.views'), text('pageMap.people')] : [text('pageMap.eachView'), text('pageMap.inAll'), text('pageMap.people')]
  return (
    <WideTable name={text(`pageMap.layer.${layer}`)} className={style.table} first={text('pageMap.from')} heads={heads}>
      {lines.map((it) => {
        const name = text('pageMap.px', { shown: format.count(it.topPx) })
        return (
          <tr key={it.topPx}>
            <th scope="row">{name}</th>
            {layer === 'scroll' ? (
              <>
                <td data-number>
                  {format.shareIfAny(it.share)}
                  <Meter share={it.share ?? 0} />
                </td>
                <td data-number>{format.count(it.reached)}</td>
                <td data-number>
                  <Count value={it.viewers} people={people(name, { reached: it.topPx })} />
                </td>
              </>
            ) : (
              <>
                <td data-number>
                  {it.eachMs === null ? '–' : format.span(it.eachMs)}
                  <Meter share={it.lookedMs / most} />
                </td>
                <td data-number>{format.span(it.lookedMs)}</td>
                <td data-number>
                  <Count value={it.lookers} people={people(name, { looked: it.topPx })} />
                </td>
              </>
            )}
          </tr>
        )
      })}
    </WideTable>
  )
}

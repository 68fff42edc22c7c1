import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Narrow } from '../api/dashboard.ts'
import { countedPart, type Map as JourneyMap, mapNumbersQuery, mapQuery } from '../api/map.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { drawRiver } from '../map/river.ts'
import { columnsOf } from '../map/rows.ts'
import { isRefusal } from '../lib/api-error.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { GoneCard } from './card-frame.tsx'
import style from './map-card.module.css'

const [COLUMN, HEIGHT, MIDDLE] = [116, 84, 36]

/** The title of a map, which leads to it. */
export function MapTitle({ id, title }: { readonly id: string; readonly title: string }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery({ ...mapQuery(ws, id), retry: false })
  return (
    <Link to="/w/$ws/maps/$map" params={{ ws, map: id }}>
      {title !== '' ? title : (stored.data?.map.title ?? text('dashboard.card'))}
    </Link>
  )
}

/** A map held to the days and the events that all cards are held to. */
function narrowedMap(map: JourneyMap, { range, filter }: Narrow): JourneyMap {
  const ranged = range == null ? map : { ...map, range }
  return filter == null ? ranged : { ...ranged, filter: map.filter == null ? filter : { all: [map.filter, filter] } }
}

/** A map in small: its line with the people of each step, stage by stage. */
export function MapCard({ id, narrow }: { readonly id: string; readonly narrow: Narrow }) {
  const { id: ws } = useWorkspace()
  const stored = useQuery({ ...mapQuery(ws, id), retry: false })
  const map = stored.data?.map
  if (isRefusal(stored.error, 'document.unknown')) return <GoneCard />
  if (stored.error !== null && map === undefined) return <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
  return map === undefined ? <Loading rows={4} /> : <DrawnMap map={map} narrow={narrow} />
}

function DrawnMap({ map, narrow }: { readonly map: JourneyMap; readonly narrow: Narrow }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const numbers = useQuery(mapNumbersQuery(ws, countedPart(narrowedMap(map, narrow))))
  if (numbers.data === undefined) return numbers.error === null ? <Loading rows={4} /> : <Failed small error={numbers.error} onRetry={() => void numbers.refetch()} />
  const columns = columnsOf(map)
  const of = new Map(numbers.data.steps.map((it) => [it.step, it]))
  const reaches = columns.map(({ key }) => ({ share: of.get(key)?.share ?? 0, exitShare: of.get(key)?.exit_share ?? 0 }))
  const river = drawRiver(reaches, COLUMN, MIDDLE, HEIGHT - 2)
  const width = columns.length * COLUMN
  return (
    <>
      <div className={style.map} style={{ width }}>
        <ol className={style.stages} aria-label={text('dashboard.map.stages')}>
          {map.stages.map((it) => (
            <li key={it.id} style={{ width: Math.max(1, it.steps.length) * COLUMN }} title={it.title}>
              {it.title}
            </li>
          ))}
        </ol>
        <svg className={style.river} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" focusable="false">
          {columns.map(({ key, opens }, index) => opens && index > 0 && <line key={key} x1={index * COLUMN + 0.5} x2={index * COLUMN + 0.5} y2={HEIGHT} stroke="var(--hairline)" />)}
          {river.exits.map((exit) => (
            <path key={exit.path} d={exit.path} fill="none" stroke="var(--heat-5)" strokeWidth={exit.width} strokeOpacity="0.32" />
          ))}
          <path d={river.body} fill="var(--accent-line)" />
          {river.stations.map(({ x, y }) => (
            <circle key={x} cx={x} cy={y} r={5} fill="var(--paper)" stroke="var(--accent-line)" strokeWidth={3} />
          ))}
        </svg>
        <ol className={style.steps} aria-label={text('dashboard.map.steps')}>
          {columns.map(({ key, step }) => {
            const counted = of.get(key)
            return (
              <li key={key} style={{ width: COLUMN }}>
                <span className={style.name} title={step?.title}>
                  {step?.title ?? '–'}
                </span>
                {counted !== undefined && (
                  <span className={style.numbers}>
                    <b>{format.count(counted.people)}</b> {format.share(counted.share)}
                  </span>
                )}
              </li>
            )
          })}
        </ol>
      </div>
      {narrow.people != null && <p className={style.hint}>{text('dashboard.map.everybody')}</p>}
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type MapEntry, mapsQuery } from '../api/map.ts'
import { canEditMaps } from '../api/session.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { DiscoverDialog } from './discover-dialog.tsx'
import style from './map-list.module.css'
import { matcherTitle } from './step-name.ts'

/** Every map of the workspace, and the way to the next one. */
export function MapListPage() {
  const text = useText()
  const workspace = useWorkspace()
  const navigate = useNavigate({ from: '/w/$ws/maps/' })
  const { discover } = useSearch({ from: '/w/$ws/maps/' })
  const maps = useQuery(mapsQuery(workspace.id))
  const refused = canEditMaps(workspace.role) ? undefined : text('map.cannotEdit')
  const open = (isOpen: boolean) => void navigate({ search: isOpen ? { discover: true } : {} })
  const button = (
    <Button look="primary" icon="spark" refused={refused} onClick={() => open(true)}>
      {text('map.discover')}
    </Button>
  )
  return (
    <Page title={text('page.maps')} note={text('map.listNote')} actions={button}>
      {maps.error !== null ? (
        <Failed error={maps.error} onRetry={() => void maps.refetch()} />
      ) : maps.data === undefined ? (
        <Loading />
      ) : maps.data.maps.length === 0 ? (
        <Empty title={text('map.empty')} actions={button}>
          {text('map.emptyNote')}
        </Empty>
      ) : (
        <ul className={style.list}>
          {maps.data.maps.map((map) => (
            <Entry key={map.id} map={map} />
          ))}
        </ul>
      )}
      {discover === true && <DiscoverDialog onClose={() => open(false)} />}
    </Page>
  )
}

function Entry({ map }: { readonly map: MapEntry }) {
  const text = useText()
  const source = useMatcherSource()
  return (
    <li>
      <Link from="/w/$ws" to="/w/$ws/maps/$map" params={{ map: map.id }} className={style.entry}>
        <Thread steps={map.steps_count} />
        <span className={style.words}>
          <strong>{map.title}</strong>
          <span>{text('map.goal', { goal: matcherTitle(map.goal, source.touchpoints, text) })}</span>
        </span>
        <span className={style.facts}>
          <span>{text(`map.kinds.${map.kind}`)}</span>
          <span>{text('map.steps', { count: map.steps_count })}</span>
          <Age time={map.updated} />
        </span>
      </Link>
    </li>
  )
}

/** Stations of the small line before each map; more would not be told apart. */
const STATIONS_MAX = 6

/** The map as a short line with a station for each of its first steps. */
function Thread({ steps }: { readonly steps: number }) {
  const count = Math.max(1, Math.min(STATIONS_MAX, steps))
  return (
    <svg className={style.thread} width="120" height="24" viewBox="0 0 120 24" aria-hidden="true" focusable="false">
      <line x1="2" x2="118" y1="12" y2="12" stroke="var(--accent-line)" strokeWidth="3" strokeLinecap="round" />
      {Array.from({ length: count }, (_, index) => (
        <circle key={index} cx={((index + 0.5) * 120) / count} cy="12" r="4.5" fill="var(--paper)" stroke="var(--accent-line)" strokeWidth="2.5" />
      ))}
    </svg>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type CSSProperties, useState } from 'react'
import { createDashboard, type Dashboard, type DashboardEntry, dashboardsQuery, type Tile } from '../api/dashboard.ts'
import { canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useText } from '../i18n/use-text.ts'
import { hasWords } from '../lib/fold.ts'
import { SaveDialog } from '../report/save-dialog.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './list.module.css'
import { type Template, templatesOf } from './templates.ts'

/** So many dashboards are found at a glance; more are searched. */
const SEARCHED_FROM = 9

/** Every dashboard of the workspace, and ready ones to begin with. */
export function DashboardListPage() {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const { q = '' } = useSearch({ from: '/w/$ws/dashboards/' })
  const navigate = useNavigate({ from: '/w/$ws/dashboards/' })
  const dashboards = useQuery(dashboardsQuery(ws))
  const [isNaming, setNaming] = useState(false)
  const refused = canSaveReports(role) ? undefined : text('dashboard.cannotEdit')
  const make = useMutation({
    mutationFn: (dashboard: Dashboard) => createDashboard(ws, dashboard),
    onSuccess: (made) => navigate({ to: '/w/$ws/dashboards/$dashboard', params: { ws, dashboard: made } }),
    onError: toastFailure,
  })
  const all = dashboards.data?.dashboards ?? []
  const shown = all.filter((it) => hasWords(`${it.title} ${it.description}`, q))
  const button = (
    <Button look="primary" icon="plus" refused={refused} onClick={() => setNaming(true)}>
      {text('dashboard.new')}
    </Button>
  )
  return (
    <Page title={text('page.dashboards')} note={text('dashboard.listNote')} actions={button}>
      {(all.length >= SEARCHED_FROM || q !== '') && (
        <SearchField label={text('dashboard.searchList')} value={q} onSearch={(next) => void navigate({ search: next === '' ? {} : { q: next }, replace: true })} />
      )}
      {dashboards.error !== null ? (
        <Failed error={dashboards.error} onRetry={() => void dashboards.refetch()} />
      ) : dashboards.data === undefined ? (
        <Loading rows={6} />
      ) : shown.length > 0 ? (
        <ul className={style.list} aria-label={text('page.dashboards')}>
          {shown.map((it) => (
            <Entry key={it.id} entry={it} />
          ))}
        </ul>
      ) : (
        q !== '' && (
          <Empty art="search" title={text('look.noneFound')}>
            {text('report.notFound')}
          </Empty>
        )
      )}
      {dashboards.data !== undefined && <Templates isFirst={all.length === 0} refused={refused} isBusy={make.isPending} onChoose={(it) => make.mutate(it.dashboard)} />}
      {isNaming && (
        <SaveDialog
          heading={text('dashboard.new')}
          title=""
          description=""
          isBusy={make.isPending}
          onClose={() => setNaming(false)}
          onSave={(title, description) => make.mutate({ title, description, tiles: [] })}
        />
      )}
    </Page>
  )
}

function Entry({ entry }: { readonly entry: DashboardEntry }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  return (
    <li>
      <Link to="/w/$ws/dashboards/$dashboard" params={{ ws, dashboard: entry.id }} className={style.entry}>
        <span className={style.words}>
          <strong>{entry.title}</strong>
          {entry.description !== '' && <span>{entry.description}</span>}
        </span>
        <span className={style.facts}>
          <span>{text('dashboard.cardsCount', { count: entry.tiles_count })}</span>
          <Age time={entry.updated} />
        </span>
      </Link>
    </li>
  )
}

type TemplatesProps = { readonly isFirst: boolean; readonly refused: string | undefined; readonly isBusy: boolean; readonly onChoose: (template: Template) => void }

/** Ready dashboards in the words of the workspace. */
function Templates({ isFirst, refused, isBusy, onChoose }: TemplatesProps) {
  const text = useText()
  const { id: ws, zone } = useWorkspace()
  const vocabulary = useQuery(vocabularyQuery(ws))
  if (vocabulary.data === undefined) return vocabulary.error === null ? <Loading rows={3} /> : null
  const templates = templatesOf(text, vocabulary.data.vocabulary, zone)
  return (
    <Section title={text(isFirst ? 'dashboard.startWith' : 'dashboard.moreTemplates')} note={text('dashboard.startNote')}>
      <ul className={style.templates}>
        {templates.map((it) => (
          <li key={it.key} className={style.template}>
            <Sketch tiles={it.dashboard.tiles ?? []} />
            <h3>{it.title}</h3>
            <p>{it.note}</p>
            <Button refused={refused} aria-busy={isBusy} aria-label={text('dashboard.useNamed', { title: it.title })} onClick={() => onChoose(it)}>
              {text('dashboard.use')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Where the cards of a dashboard will be, in small. */
function Sketch({ tiles }: { readonly tiles: readonly Tile[] }) {
  return (
    <div className={style.sketch} aria-hidden="true">
      {tiles.map((it) => {
        const size: CSSProperties = { gridColumn: `span ${it.width}`, height: 10 + it.height * 9 }
        return (
          <span key={it.id} style={size}>
            {it.title}
          </span>
        )
      })}
    </div>
  )
}

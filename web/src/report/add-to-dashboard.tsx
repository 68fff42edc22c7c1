import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { changeDashboard, createDashboard, dashboardQuery, dashboardsQuery } from '../api/dashboard.ts'
import { queryClient } from '../api/query-client.ts'
import type { StoredReport } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { SearchList } from '../ui/search-list.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { usualSize, withTile } from './board.ts'

/** The key of the line that makes a new dashboard; no id looks like it. */
const NEW = '*new*'

/** Puts a saved report on a dashboard, or on a new one of its own. */
export function AddToDashboard({ stored, onClose }: { readonly stored: StoredReport; readonly onClose: () => void }) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const dashboards = useQuery(dashboardsQuery(ws))
  const tile = { title: '', note: '', ...usualSize(stored.report), content: { saved: stored.id } }
  const add = async (id: string): Promise<string> => {
    if (id === NEW) return createDashboard(ws, withTile({ title: stored.title, tiles: [] }, tile))
    const query = dashboardQuery(ws, id)
    const { version, dashboard } = await queryClient.fetchQuery({ ...query, staleTime: 0 })
    await changeDashboard(ws, id, version, withTile(dashboard, tile))
    await queryClient.invalidateQueries({ queryKey: query.queryKey })
    return id
  }
  const choose = async (id: string) => {
    onClose()
    try {
      const added = await add(id)
      toast(text('dashboard.reportAdded', { title: stored.title }), {
        label: text('dashboard.openIt'),
        run: () => void navigate({ to: '/w/$ws/dashboards/$dashboard', params: { ws, dashboard: added } }),
      })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <Dialog title={text('dashboard.addTo')} width={480} onClose={onClose}>
      {dashboards.error !== null ? (
        <Failed small error={dashboards.error} onRetry={() => void dashboards.refetch()} />
      ) : dashboards.data === undefined ? (
        <Loading rows={4} />
      ) : (
        <SearchList
          label={text('dashboard.searchList')}
          options={[
            ...dashboards.data.dashboards.map((it) => ({ key: it.id, title: it.title, note: text('dashboard.cardsCount', { count: it.tiles_count }) })),
            { key: NEW, title: text('dashboard.addToNew') },
          ]}
          onChoose={(id) => void choose(id)}
        />
      )}
    </Dialog>
  )
}

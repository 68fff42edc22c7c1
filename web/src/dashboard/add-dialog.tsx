import { useQuery } from '@tanstack/react-query'
import type { Tile } from '../api/dashboard.ts'
import { mapsQuery } from '../api/map.ts'
import { reportQuery, reportsQuery } from '../api/report.ts'
import { queryClient } from '../api/query-client.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useText } from '../i18n/use-text.ts'
import { usualSize } from '../report/tiles.ts'
import { questionPages } from '../report/saved.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { SearchList } from '../ui/search-list.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { readyCards } from './templates.ts'

type AddDialogProps = { readonly onAdd: (tile: Omit<Tile, 'id'>) => void; readonly onText: () => void; readonly onClose: () => void }

/** Chooses what comes to a dashboard: a saved report, a map, a ready question, or a text. */
export function AddDialog({ onAdd, onText, onClose }: AddDialogProps) {
  const text = useText()
  const { id: ws, zone } = useWorkspace()
  const reports = useQuery(reportsQuery(ws))
  const maps = useQuery(mapsQuery(ws))
  const vocabulary = useQuery(vocabularyQuery(ws))
  const ready = vocabulary.data === undefined ? [] : readyCards(text, vocabulary.data.vocabulary, zone)
  const kindOf = (name: string) => {
    const key = questionPages[name]
    return key === undefined ? name : text(key)
  }
  const choose = async (key: string) => {
    onClose()
    if (key === 'text') return onText()
    const card = ready.find((it) => `ready ${it.key}` === key)
    // One third beside two thirds fits a template; a single card goes well beside a half.
    if (card !== undefined) return onAdd({ ...card.tile, width: card.tile.width === 12 ? 12 : 6 })
    if (key.startsWith('map ')) return onAdd({ title: '', note: '', width: 12, height: 2, content: { map: key.slice('map '.length) } })
    const id = key.slice('saved '.length)
    try {
      const { report } = await queryClient.fetchQuery(reportQuery(ws, id))
      onAdd({ title: '', note: '', ...usualSize(report), content: { saved: id } })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <Dialog title={text('dashboard.addCard')} width={520} onClose={onClose}>
      {reports.error !== null ? (
        <Failed small error={reports.error} onRetry={() => void reports.refetch()} />
      ) : reports.data === undefined || vocabulary.isPending || maps.isPending ? (
        <Loading rows={6} />
      ) : (
        <SearchList
          label={text('dashboard.search')}
          options={[
            { key: 'text', title: text('dashboard.textCard'), note: text('dashboard.textNote') },
            ...reports.data.reports.map((it) => ({ key: `saved ${it.id}`, title: it.title, note: kindOf(it.page ?? it.kind), group: text('dashboard.groups.saved') })),
            ...(maps.data?.maps ?? []).map((it) => ({ key: `map ${it.id}`, title: it.title, note: text('map.steps', { count: it.steps_count }), group: text('page.maps') })),
            ...ready.map((it) => ({ key: `ready ${it.key}`, title: it.tile.title ?? '', group: text('dashboard.groups.ready') })),
          ]}
          onChoose={(key) => void choose(key)}
        />
      )}
    </Dialog>
  )
}

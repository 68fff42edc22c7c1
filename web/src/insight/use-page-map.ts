import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type PageMap, pageMapQuery } from '../api/page-map.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { isAskable, type Layer, type Shown } from './page-map.ts'

/** The map of a page of the URL and its numbers. */
export function usePageMap() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask, width, layer = 'clicks' } = useSearch({ from: '/w/$ws/page-map' })
  const navigate = useNavigate({ from: '/w/$ws/page-map' })
  const map: PageMap = ask ?? { range: { last: '30d', zone: workspace.zone }, page: { is: [] } }
  const askable = isAskable(map)
  const reply = useQuery(pageMapQuery(workspace.id, map, askable, asOf))
  const edit = (change: Partial<PageMap>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...map, ...change } }), replace: true })
  const look = (change: { readonly width?: Shown; readonly layer?: Layer }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return { map, askable, reply, edit, width, layer, look }
}

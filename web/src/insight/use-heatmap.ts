import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Heatmap, heatmapQuery } from '../api/heatmap.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { type HeatMeasure, isAskable, measureOf } from './heatmap.ts'

/** The heatmap of the URL and its answer. */
export function useHeatmap() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask, show } = useSearch({ from: '/w/$ws/heatmap' })
  const navigate = useNavigate({ from: '/w/$ws/heatmap' })
  const heatmap: Heatmap = ask ?? { range: { last: '30d', zone: workspace.zone } }
  const askable = isAskable(heatmap)
  const reply = useQuery(heatmapQuery(workspace.id, heatmap, askable, asOf))
  const edit = (change: Partial<Heatmap>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...heatmap, ...change } }), replace: true })
  const choose = (measure: HeatMeasure) => void navigate({ search: (before) => ({ ...before, show: measure }), replace: true })
  return { heatmap, askable, reply, edit, measure: measureOf(heatmap, show), choose }
}

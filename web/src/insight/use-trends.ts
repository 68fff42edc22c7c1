import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Trends, trendsQuery } from '../api/trends.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { editTrends, isAskableTrends, type TrendsEdit, usualTrends } from './trends.ts'

/** The trends of the URL and their answer. */
export function useTrends() {
  const text = useText()
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask, drawn } = useSearch({ from: '/w/$ws/trends' })
  const navigate = useNavigate({ from: '/w/$ws/trends' })
  const trends: Trends = ask ?? usualTrends({ last: '60d', zone: workspace.zone }, { events: text('trends.usual.events'), profiles: text('trends.usual.profiles') })
  const askable = isAskableTrends(trends)
  const reply = useQuery(trendsQuery(workspace.id, trends, askable, asOf))
  const edit = (change: TrendsEdit) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: editTrends(trends, change) }), replace: true })
  const draw = (keys: readonly string[]) => void navigate({ search: (before) => ({ ...before, drawn: keys }), replace: true })
  return { trends, askable, reply, edit, drawn: drawn ?? null, draw }
}

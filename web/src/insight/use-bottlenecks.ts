import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Bottlenecks, bottlenecksQuery } from '../api/bottlenecks.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { takesAll } from '../ui/matcher.ts'

/** The report of the URL and its numbers. */
export function useBottlenecks() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/bottlenecks' })
  const navigate = useNavigate({ from: '/w/$ws/bottlenecks' })
  const stages = useQuery(vocabularyQuery(workspace.id)).data?.vocabulary.stages
  const report: Bottlenecks = ask ?? { range: { last: '30d', zone: workspace.zone }, by: ['channel'] }
  const hasStages = report.stages == null ? stages === undefined || stages.length >= 2 : report.stages.length >= 2 && report.stages.every((it) => !takesAll(it.matcher))
  const askable = hasStages && (report.goal == null || !takesAll(report.goal))
  const reply = useQuery(bottlenecksQuery(workspace.id, report, askable, asOf))
  const edit = (change: Partial<Bottlenecks>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...report, ...change } }), replace: true })
  return { report, askable, hasStages, reply, edit }
}

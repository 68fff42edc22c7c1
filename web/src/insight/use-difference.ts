import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { differenceQuery } from '../api/difference.ts'
import { reportQuery, reportsQuery } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { type DifferenceAsk, funnelsOf, isWhole, type Measure } from './difference.ts'

/** The two funnels of the URL, the saved ones that can be taken, and the answer. */
export function useDifference() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask = {}, show } = useSearch({ from: '/w/$ws/difference' })
  const navigate = useNavigate({ from: '/w/$ws/difference' })
  const reports = useQuery(reportsQuery(workspace.id))
  const saved = useQueries({
    queries: funnelsOf(reports.data?.reports ?? []).map((it) => reportQuery(workspace.id, it.id)),
    combine: (all) => all.flatMap((it) => (it.data === undefined ? [] : [it.data])),
  })
  const whole = isWhole(ask) ? ask : null
  // What is not whole is not asked, whatever stands in its place.
  const reply = useQuery(differenceQuery(workspace.id, whole ?? { from: { range: { all: true, zone: 'UTC' }, steps: [] }, to: { range: { all: true, zone: 'UTC' }, steps: [] } }, whole !== null, asOf))
  const measure: Measure = show ?? 'converted'
  return {
    ask,
    whole,
    saved,
    reply,
    measure,
    edit: (change: DifferenceAsk) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...ask, ...change } }), replace: true }),
    setMeasure: (next: Measure) => void navigate({ search: ({ people: _, show: __, ...now }) => ({ ...now, ...(next === 'entered' ? { show: next } : {}) }), replace: true }),
  }
}

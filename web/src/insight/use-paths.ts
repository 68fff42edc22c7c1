import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { pathsQuery, transitionsQuery } from '../api/paths.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { changePaths, lackOf, type PathsChange, type PathsLack, reportsOf, usualPathsAsk } from './paths.ts'
import type { PathsAsk } from './paths-ask.ts'

/** The question of the URL and what answers it. Until the vocabulary is known, the usual question is not. */
export function usePaths() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask: asked, table } = useSearch({ from: '/w/$ws/paths' })
  const navigate = useNavigate({ from: '/w/$ws/paths' })
  const vocabulary = useQuery(vocabularyQuery(workspace.id))
  const { touchpoints = [], stages = [] } = vocabulary.data?.vocabulary ?? {}
  const usual = vocabulary.isPending ? null : usualPathsAsk(workspace.zone, touchpoints.length > 0 ? 'touchpoint' : 'event')
  const ask: PathsAsk | null = asked ?? usual
  const lack = ask === null ? 'vocabulary' : lackWith(ask, vocabulary.isPending, stages.length)
  const drawn = ask === null || lack !== null ? null : reportsOf(ask)
  const listed = ask === null || lack !== null ? null : reportsOf(ask, ask.top)
  const before = useQuery(pathsQuery(workspace.id, drawn?.before ?? null, asOf))
  const after = useQuery(pathsQuery(workspace.id, drawn?.after ?? null, asOf))
  const listedBefore = useQuery(pathsQuery(workspace.id, listed?.before ?? null, asOf))
  const listedAfter = useQuery(pathsQuery(workspace.id, listed?.after ?? null, asOf))
  const transitions = useQuery(transitionsQuery(workspace.id, drawn?.transitions ?? null, asOf))
  const all = [
    ...(drawn?.before == null ? [] : [before, listedBefore]),
    ...(drawn?.after == null ? [] : [after, listedAfter]),
    ...(drawn === null ? [] : [transitions]),
  ]
  const change = (some: PathsChange) =>
    void (ask !== null && navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: changePaths(ask, some) }), replace: true, resetScroll: false }))
  const showTable = (next: 'transitions' | 'elements') =>
    void navigate({ search: ({ table: _, ...now }) => (next === 'elements' ? { ...now, table: next } : now), replace: true, resetScroll: false })
  return {
    ask,
    lack,
    hasStages: stages.length > 0,
    hasTouchpoints: touchpoints.length > 0,
    isOfElements: table === 'elements',
    change,
    showTable,
    // An answer that could not be brought up to date is still one; its age is on the page.
    error: all.find((it) => it.error !== null && it.data === undefined)?.error ?? null,
    isLoading: all.some((it) => it.data === undefined),
    isStale: all.some((it) => it.isPlaceholderData),
    retry: () => all.forEach((it) => void it.refetch()),
    before: drawn?.before == null ? undefined : before.data,
    after: drawn?.after == null ? undefined : after.data,
    listedBefore: drawn?.before == null ? undefined : listedBefore.data,
    listedAfter: drawn?.after == null ? undefined : listedAfter.data,
    transitions: transitions.data,
  }
}

/** What is lacking; a question about stages needs to know them. */
function lackWith(ask: PathsAsk, isPending: boolean, stagesCount: number): PathsLack | 'vocabulary' | 'stages' | null {
  if (ask.by !== 'stage') return lackOf(ask)
  if (isPending) return 'vocabulary'
  return stagesCount === 0 ? 'stages' : lackOf(ask)
}

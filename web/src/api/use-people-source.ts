import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type MatcherNames, useMatcherSource } from './use-matcher-source.ts'
import { useWorkspace } from './use-workspace.ts'
import { segmentsQuery } from './segments.ts'
import { vocabularyQuery } from './vocabulary.ts'

/** What conditions on people can name in this workspace. */
export type PeopleNamesSource = MatcherNames & {
  readonly stages: readonly { readonly id: string; readonly name: string }[]
  readonly segments: readonly { readonly id: string; readonly name: string }[]
}

export function usePeopleSource(): PeopleNamesSource {
  const { id: ws } = useWorkspace()
  const matchers = useMatcherSource()
  const { data: stored } = useQuery(vocabularyQuery(ws))
  const { data: segments } = useQuery(segmentsQuery(ws))
  return useMemo(
    () => ({
      ...matchers,
      stages: stored?.vocabulary.stages ?? [],
      segments: (segments?.segments ?? []).map(({ id, title }) => ({ id, name: title })),
    }),
    [matchers, stored, segments],
  )
}

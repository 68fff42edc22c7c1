import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { profileEventsQuery, profileQuery } from '../api/profile.ts'
import { useWorkspace } from '../api/use-workspace.ts'

/** One profile and its events, newest first, as far as they are loaded. */
export function useProfile() {
  const { profile: id } = useParams({ from: '/w/$ws/profiles/$profile' })
  const { id: ws } = useWorkspace()
  const { data: profile } = useSuspenseQuery(profileQuery(ws, id))
  const pages = useInfiniteQuery(profileEventsQuery(ws, id))
  const events = useMemo(() => pages.data?.pages.flatMap((page) => page.events) ?? [], [pages.data])
  return { profile, pages, events }
}

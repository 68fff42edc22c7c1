import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Quarantine = Schemas['Quarantine']
export type QuarantineEntry = Schemas['HeldEvent']
export type Release = Schemas['Release']
export type ReleasedEvent = Schemas['ReleasedEvent']
export type StillHeld = Schemas['StillHeld']

/** As many as the server lets in at once. */
const RELEASE_MAX = 500

/** Events that were held back, newest first. */
export const quarantineQuery = (ws: string, reason: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'quarantine', reason ?? ''],
    queryFn: ({ pageParam, signal }) => ask<Quarantine>(withQuery(`/w/${ws}/quarantine`, { reason, before: pageParam }), { signal }),
    initialPageParam: '',
    getNextPageParam: (page: Quarantine) => page.next,
  })

/** What is to be let in: these, as they came or mended, or all that a reason holds back. */
export type ReleaseOrder = { readonly events: readonly ReleasedEvent[] } | { readonly reason: string }

/** Lets events in that were held back. Every number may change with them. */
export async function releaseEvents(ws: string, order: ReleaseOrder): Promise<Release> {
  const post = (body: unknown) => ask<Release>(`/w/${ws}/quarantine/release`, { method: 'POST', body })
  let done: Release = { released: 0, refused: [], refused_count: 0 }
  const add = (more: Release) => {
    done = { released: done.released + more.released, refused: [...done.refused, ...more.refused], refused_count: done.refused_count + more.refused_count }
  }
  try {
    if ('events' in order) {
      for (let from = 0; from < order.events.length; from += RELEASE_MAX) add(await post({ events: order.events.slice(from, from + RELEASE_MAX) }))
    } else {
      let before: string | undefined
      do {
        const page: Release = await post({ reason: order.reason, ...(before === undefined ? {} : { before }) })
        add(page)
        before = page.next ?? undefined
      } while (before !== undefined)
    }
  } finally {
    // What was let in before something failed is in.
    void queryClient.invalidateQueries({ queryKey: ['w', ws] })
  }
  return done
}

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

export type Profile = components['schemas']['Profile']
export type ProfileTrait = components['schemas']['ProfileTrait']
export type ProfileEvent = components['schemas']['ProfileEvent']
type ProfileEvents = components['schemas']['ProfileEvents']
type Profiles = components['schemas']['Profiles']

const PAGE_ROWS = 200

export const profilesQuery = (ws: string, text: string, limit = 50) =>
  queryOptions({
    queryKey: ['w', ws, 'profiles', text, limit],
    queryFn: ({ signal }) => ask<Profiles>(withQuery(`/w/${ws}/profiles`, { q: text, limit }), { signal }),
  })

export const profileQuery = (ws: string, profile: string) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile],
    queryFn: ({ signal }) => ask<Profile>(`/w/${ws}/profiles/${encodeURIComponent(profile)}`, { signal }),
  })

export const profileEventsQuery = (ws: string, profile: string) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'profile', profile, 'events'],
    queryFn: ({ pageParam, signal }) =>
      ask<ProfileEvents>(
        withQuery(`/w/${ws}/profiles/${encodeURIComponent(profile)}/events`, { before: pageParam, limit: PAGE_ROWS }),
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page: ProfileEvents) => page.next,
  })

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type MapSearch, readMapSearch } from './map-search.ts'

/** What stands in the URL of the map, and how to change it. `undefined` takes a part out. */
export function useMapSearch(): readonly [MapSearch, (change: { readonly [Key in keyof MapSearch]: MapSearch[Key] | undefined }) => void] {
  const search = useSearch({ from: '/w/$ws/maps/$map' })
  const navigate = useNavigate({ from: '/w/$ws/maps/$map' })
  const change = useCallback(
    (next: { readonly [Key in keyof MapSearch]: MapSearch[Key] | undefined }) =>
      void navigate({
        search: ({ people, ...now }) => ({ ...(people === undefined ? {} : { people }), ...readMapSearch({ ...now, ...next }) }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  return [search, change]
}

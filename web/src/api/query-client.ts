import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isRefusal } from '../lib/api-error.ts'

/** One cache for everything that the server told us. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // A session that ended elsewhere leads to signing in, and back to this very page.
      if (query.queryKey[0] === 'w' && isRefusal(error, 'session.none')) {
        location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal will be the same next time; only an outage is worth another try.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: true,
    },
  },
})

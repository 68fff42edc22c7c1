import { createRouter } from '@tanstack/react-router'
import { queryClient } from './api/query-client.ts'
import type { TextKey } from './i18n/use-text.ts'
import { PageFailure } from './shell/page-failure.tsx'
import { dataPages } from './routes/data.ts'
import { join, login, root, setup, shared, start, workspace } from './routes/entry.tsx'
import { keptPages } from './routes/kept.ts'
import { reportPages } from './routes/reports.ts'

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** The name of the page in the line of crumbs. */
    crumb?: TextKey
  }
}

const routeTree = root.addChildren([login, setup, join, shared, start, workspace.addChildren([...keptPages, ...reportPages, ...dataPages])])

/** Every page and its loader. */
export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
})

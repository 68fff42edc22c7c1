import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import type { Against } from '../api/compare.ts'
import type { Range } from '../api/model.ts'
import { sessionQuery } from '../api/session.ts'
import { ApiError, isRefusal } from '../lib/api-error.ts'
import { countOf, textOf } from '../lib/read.ts'
import { readNarrowSearch } from '../dashboard/narrow-search.ts'
import { readAgainst } from '../report/against.ts'
import { readPeople, type SharedPeople } from '../shell/people-search.ts'
import { Shell } from '../shell/shell.tsx'
import { LostPage, PageFailure } from '../shell/page-failure.tsx'
import { lazyPage } from './lazy-page.ts'

/** The workspace that was open last in this browser. */
const LAST_WORKSPACE = 'throughline.workspace'

export const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: LostPage,
})

export const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = textOf(search, 'next')
    // Only a path of our own may follow; `//host` would lead away.
    return next?.startsWith('/') === true && !next.startsWith('//') && !next.includes('\\') ? { next } : {}
  },
  component: lazyRouteComponent(() => import('../access/login-page.tsx'), 'LoginPage'),
})

const withToken = (search: Record<string, unknown>): { token?: string } => {
  const token = textOf(search, 'token')
  return token === undefined ? {} : { token }
}

export const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('../access/setup-page.tsx'), 'SetupPage'),
})

export const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('../access/join-page.tsx'), 'JoinPage'),
})

/** What a link shows, for whoever has it: no session is asked for. */
export const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared/$token',
  validateSearch: (search: Record<string, unknown>): { range?: Range } => {
    const { range } = readNarrowSearch(search)
    return range == null ? {} : { range }
  },
  errorComponent: PageFailure,
  component: lazyPage(() => import('../dashboard/shared-page.tsx'), 'SharedPage'),
})

/** Sends those who are not signed in where they can be. */
async function needSession(client: QueryClient, href: string) {
  try {
    return await client.ensureQueryData(sessionQuery)
  } catch (error) {
    if (isRefusal(error, 'setup.needed')) throw redirect({ to: '/setup' })
    if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/login', search: { next: href } })
    throw error
  }
}

export const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context, location }) => {
    const { workspaces } = await needSession(context.queryClient, location.href)
    const last = localStorage.getItem(LAST_WORKSPACE)
    const workspace = workspaces.find((it) => it.id === last) ?? workspaces[0]
    if (workspace !== undefined) throw redirect({ to: '/w/$ws', params: { ws: workspace.id } })
  },
  errorComponent: PageFailure,
  component: lazyRouteComponent(() => import('../home/welcome-page.tsx'), 'WelcomePage'),
})

export const workspace = createRoute({
  getParentRoute: () => root,
  path: '/w/$ws',
  validateSearch: (search: Record<string, unknown>): { people?: SharedPeople; saved?: string; against?: Against; as_of?: number } => {
    const people = readPeople(search)
    // The saved report that a page shows.
    const saved = textOf(search, 'saved')
    // What a report is compared with, whichever it is.
    const against = readAgainst(search['against'])
    // After how many lines of the link log a report is asked who is whom.
    const asOf = countOf(search, 'as_of')
    return { ...(people === undefined ? {} : { people }), ...(saved === undefined ? {} : { saved }), ...(against === undefined ? {} : { against }), ...(asOf === undefined ? {} : { as_of: asOf }) }
  },
  beforeLoad: async ({ context, location, params }) => {
    const { workspaces } = await needSession(context.queryClient, location.href)
    if (!workspaces.some((it) => it.id === params.ws)) throw redirect({ to: '/' })
    localStorage.setItem(LAST_WORKSPACE, params.ws)
  },
  errorComponent: PageFailure,
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
})

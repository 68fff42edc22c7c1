import { createRoute, defaultStringifySearch, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { dashboardQuery, dashboardsQuery } from '../api/dashboard.ts'
import { decisionQuery, decisionsQuery } from '../api/decision.ts'
import { countedPart, mapNumbersQuery, mapQuery, mapsQuery } from '../api/map.ts'
import { reportQuery, reportsQuery } from '../api/report.ts'
import { targetsQuery } from '../api/target.ts'
import { overviewQuery } from '../api/workspace.ts'
import { textOf } from '../lib/read.ts'
import { type NarrowSearch, readNarrowSearch } from '../dashboard/narrow-search.ts'
import { readLiveSearch } from '../live/live-search.ts'
import { readMapSearch } from '../map/map-search.ts'
import { readSqlSearch } from '../sql/sql-search.ts'
import { PageFailure } from '../shell/page-failure.tsx'
import { workspace } from './entry.tsx'
import { lazyPage } from './lazy-page.ts'

const home = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  staticData: { crumb: 'page.home' },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(overviewQuery(params.ws)),
  component: lazyRouteComponent(() => import('../home/home-page.tsx'), 'HomePage'),
})

const live = createRoute({
  getParentRoute: () => workspace,
  path: '/live',
  validateSearch: readLiveSearch,
  staticData: { crumb: 'page.live' },
  component: lazyPage(() => import('../live/live-page.tsx'), 'LivePage'),
})

const maps = createRoute({ getParentRoute: () => workspace, path: '/maps', staticData: { crumb: 'page.maps' } })

const mapList = createRoute({
  getParentRoute: () => maps,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { discover?: true } => (search['discover'] === true ? { discover: true } : {}),
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(mapsQuery(params.ws)),
  component: lazyPage(() => import('../map/map-list-page.tsx'), 'MapListPage'),
})

const map = createRoute({
  getParentRoute: () => maps,
  path: '/$map',
  validateSearch: readMapSearch,
  loader: async ({ context, params }) => {
    const stored = await context.queryClient.ensureQueryData(mapQuery(params.ws, params.map))
    void context.queryClient.prefetchQuery(mapNumbersQuery(params.ws, countedPart(stored.map)))
    return { crumb: stored.map.title }
  },
  component: lazyPage(() => import('../map/map-page.tsx'), 'MapPage'),
})

const dashboards = createRoute({ getParentRoute: () => workspace, path: '/dashboards', staticData: { crumb: 'page.dashboards' } })

const dashboardList = createRoute({
  getParentRoute: () => dashboards,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = textOf(search, 'q')
    return q === undefined ? {} : { q }
  },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(dashboardsQuery(params.ws)),
  component: lazyPage(() => import('../dashboard/dashboard-list-page.tsx'), 'DashboardListPage'),
})

const dashboard = createRoute({
  getParentRoute: () => dashboards,
  path: '/$dashboard',
  validateSearch: (search: Record<string, unknown>): NarrowSearch => readNarrowSearch(search),
  loader: async ({ context, params }) => {
    const stored = await context.queryClient.ensureQueryData(dashboardQuery(params.ws, params.dashboard))
    return { crumb: stored.dashboard.title }
  },
  component: lazyPage(() => import('../dashboard/dashboard-page.tsx'), 'DashboardPage'),
})

const sql = createRoute({
  getParentRoute: () => workspace,
  path: '/sql',
  staticData: { crumb: 'page.sql' },
  validateSearch: readSqlSearch,
  loader: ({ context, params }) => void import('../api/sql.ts').then((it) => context.queryClient.prefetchQuery(it.sqlConsoleQuery(params.ws))),
  component: lazyPage(() => import('../sql/sql-page.tsx'), 'SqlPage'),
})

const targets = createRoute({
  getParentRoute: () => workspace,
  path: '/targets',
  staticData: { crumb: 'page.targets' },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(targetsQuery(params.ws)),
  component: lazyPage(() => import('../report/target-list-page.tsx'), 'TargetListPage'),
})

const decisions = createRoute({ getParentRoute: () => workspace, path: '/decisions', staticData: { crumb: 'page.decisions' } })

const decisionList = createRoute({
  getParentRoute: () => decisions,
  path: '/',
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(decisionsQuery(params.ws)),
  component: lazyPage(() => import('../dashboard/decision-list-page.tsx'), 'DecisionListPage'),
})

const decision = createRoute({
  getParentRoute: () => decisions,
  path: '/$decision',
  loader: async ({ context, params }) => {
    const stored = await context.queryClient.ensureQueryData(decisionQuery(params.ws, params.decision))
    return { crumb: stored.decision.title }
  },
  component: lazyPage(() => import('../dashboard/decision-page.tsx'), 'DecisionPage'),
})

const reports = createRoute({ getParentRoute: () => workspace, path: '/reports', staticData: { crumb: 'page.reports' } })

const reportList = createRoute({
  getParentRoute: () => reports,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = textOf(search, 'q')
    return q === undefined ? {} : { q }
  },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(reportsQuery(params.ws)),
  component: lazyPage(() => import('../report/report-list-page.tsx'), 'ReportListPage'),
})

const report = createRoute({
  getParentRoute: () => reports,
  path: '/$report',
  beforeLoad: async ({ context, params }) => {
    const [stored, { placeOf }] = await Promise.all([
      context.queryClient.fetchQuery({ ...reportQuery(params.ws, params.report), staleTime: 0 }),
      import('../report/saved.ts'),
    ])
    const place = placeOf(stored)
    if (place === null) return
    // The page gets the whole question, the line of the address stays short.
    const search = defaultStringifySearch({ ...place.search, saved: stored.id })
    throw redirect({ href: `/w/${params.ws}/${place.page}${search}`, mask: { to: '/w/$ws/reports/$report', params: { ws: params.ws, report: stored.id } } })
  },
  errorComponent: PageFailure,
  component: lazyPage(() => import('../report/stored-report-page.tsx'), 'StoredReportPage'),
})

/** What is looked at every day, and what somebody has kept. */
export const keptPages = [
  home,
  live,
  maps.addChildren([mapList, map]),
  dashboards.addChildren([dashboardList, dashboard]),
  sql,
  targets,
  decisions.addChildren([decisionList, decision]),
  reports.addChildren([reportList, report]),
] as const

import { createRootRouteWithContext, createRoute, createRouter, defaultStringifySearch, lazyRouteComponent, Outlet, redirect, type RouteComponent } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import type { Against } from './api/compare.ts'
import { dashboardQuery, dashboardsQuery } from './api/dashboard.ts'
import { decisionQuery, decisionsQuery } from './api/decision.ts'
import { countedPart, mapNumbersQuery, mapQuery, mapsQuery } from './api/map.ts'
import { type Channel, channels, type Range } from './api/model.ts'
import { profileEventsQuery, profileQuery } from './api/profile.ts'
import { queryClient } from './api/query-client.ts'
import { accountQuery, accountTypesQuery } from './api/account.ts'
import { kindsQuery } from './api/object.ts'
import { reportQuery, reportsQuery } from './api/report.ts'
import { targetsQuery } from './api/target.ts'
import { segmentQuery, segmentsQuery } from './api/segment.ts'
import { sessionQuery } from './api/session.ts'
import { overviewQuery } from './api/workspace.ts'
import { loadPageTexts } from './i18n/i18n.ts'
import type { TextKey } from './i18n/use-text.ts'
import { ApiError, isRefusal } from './lib/api-error.ts'
import { oneOf, textOf } from './lib/read.ts'
import { type NarrowSearch, readNarrowSearch } from './dashboard/narrow-search.ts'
import { readAttributionSearch } from './insight/attribution-search.ts'
import { readBottlenecksSearch } from './insight/bottlenecks-search.ts'
import { readBoardSearch } from './insight/board-search.ts'
import { readChoiceSearch } from './insight/choice.ts'
import { readDifferenceSearch } from './insight/difference-search.ts'
import { readDriversSearch } from './insight/drivers-search.ts'
import { readFunnelSearch } from './insight/funnel-search.ts'
import { readLeavingSearch } from './insight/leaving-search.ts'
import { readCampaignSearch } from './insight/campaign-search.ts'
import { readLiftSearch } from './insight/lift-search.ts'
import { readPathsSearch } from './insight/paths-search.ts'
import { readPromisesSearch } from './insight/promises-search.ts'
import { readHeatmapSearch } from './insight/heatmap-search.ts'
import { readPageMapSearch } from './insight/page-map-search.ts'
import { readRfmSearch } from './insight/rfm-search.ts'
import { readSwitchesSearch } from './insight/switches-search.ts'
import { readTimeSearch } from './insight/time-search.ts'
import { readTopicsSearch } from './insight/topics.ts'
import { readUnexpectedSearch } from './insight/unexpected.ts'
import { readReasonsSearch } from './insight/reasons-search.ts'
import { readRetentionSearch } from './insight/retention-search.ts'
import { readTrendsSearch } from './insight/trends-search.ts'
import { readLiveSearch } from './live/live-search.ts'
import { readAccountSearch } from './object/account-search.ts'
import { readObjectSearch } from './object/object-search.ts'
import { readMapSearch } from './map/map-search.ts'
import { readAgainst } from './report/against.ts'
import { readSqlSearch } from './sql/sql-search.ts'
import { readPeople, type SharedPeople } from './shell/people-search.ts'
import { Shell } from './shell/shell.tsx'
import { LostPage, PageFailure } from './shell/page-failure.tsx'

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** The name of the page in the line of crumbs. */
    crumb?: TextKey
  }
}

/** The workspace that was open last in this browser. */
const LAST_WORKSPACE = 'throughline.workspace'

/** A page that comes with its texts when it is opened: the first page needs neither. */
function lazyPage<Module extends Record<Name, RouteComponent>, Name extends keyof Module & string>(load: () => Promise<Module>, name: Name) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), loadPageTexts()])
    return module
  }, name)
}

const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: LostPage,
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = textOf(search, 'next')
    // Only a path of our own may follow; `//host` would lead away.
    return next?.startsWith('/') === true && !next.startsWith('//') && !next.includes('\\') ? { next } : {}
  },
  component: lazyRouteComponent(() => import('./access/login-page.tsx'), 'LoginPage'),
})

const withToken = (search: Record<string, unknown>): { token?: string } => {
  const token = textOf(search, 'token')
  return token === undefined ? {} : { token }
}

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./access/setup-page.tsx'), 'SetupPage'),
})

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: withToken,
  component: lazyRouteComponent(() => import('./access/join-page.tsx'), 'JoinPage'),
})

/** What a link shows, for whoever has it: no session is asked for. */
const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared/$token',
  validateSearch: (search: Record<string, unknown>): { range?: Range } => {
    const { range } = readNarrowSearch(search)
    return range == null ? {} : { range }
  },
  errorComponent: PageFailure,
  component: lazyPage(() => import('./dashboard/shared-page.tsx'), 'SharedPage'),
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

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context, location }) => {
    const { workspaces } = await needSession(context.queryClient, location.href)
    const last = localStorage.getItem(LAST_WORKSPACE)
    const workspace = workspaces.find((it) => it.id === last) ?? workspaces[0]
    if (workspace !== undefined) throw redirect({ to: '/w/$ws', params: { ws: workspace.id } })
  },
  errorComponent: PageFailure,
  component: lazyRouteComponent(() => import('./home/welcome-page.tsx'), 'WelcomePage'),
})

const workspace = createRoute({
  getParentRoute: () => root,
  path: '/w/$ws',
  validateSearch: (search: Record<string, unknown>): { people?: SharedPeople; saved?: string; against?: Against } => {
    const people = readPeople(search)
    // The saved report that a page shows.
    const saved = textOf(search, 'saved')
    // What a report is compared with, whichever it is.
    const against = readAgainst(search['against'])
    return { ...(people === undefined ? {} : { people }), ...(saved === undefined ? {} : { saved }), ...(against === undefined ? {} : { against }) }
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

const home = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  staticData: { crumb: 'page.home' },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(overviewQuery(params.ws)),
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
})

const live = createRoute({
  getParentRoute: () => workspace,
  path: '/live',
  validateSearch: readLiveSearch,
  staticData: { crumb: 'page.live' },
  component: lazyPage(() => import('./live/live-page.tsx'), 'LivePage'),
})

const maps = createRoute({ getParentRoute: () => workspace, path: '/maps', staticData: { crumb: 'page.maps' } })

const mapList = createRoute({
  getParentRoute: () => maps,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { discover?: true } => (search['discover'] === true ? { discover: true } : {}),
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(mapsQuery(params.ws)),
  component: lazyPage(() => import('./map/map-list-page.tsx'), 'MapListPage'),
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
  component: lazyPage(() => import('./map/map-page.tsx'), 'MapPage'),
})

const funnel = createRoute({
  getParentRoute: () => workspace,
  path: '/funnel',
  staticData: { crumb: 'page.funnel' },
  validateSearch: readFunnelSearch,
  component: lazyPage(() => import('./insight/funnel-page.tsx'), 'FunnelPage'),
})

const paths = createRoute({
  getParentRoute: () => workspace,
  path: '/paths',
  staticData: { crumb: 'page.paths' },
  validateSearch: readPathsSearch,
  component: lazyPage(() => import('./insight/paths-page.tsx'), 'PathsPage'),
})

const time = createRoute({
  getParentRoute: () => workspace,
  path: '/time',
  staticData: { crumb: 'page.time' },
  validateSearch: readTimeSearch,
  component: lazyPage(() => import('./insight/time-page.tsx'), 'TimePage'),
})

const drivers = createRoute({
  getParentRoute: () => workspace,
  path: '/drivers',
  staticData: { crumb: 'page.drivers' },
  validateSearch: readDriversSearch,
  component: lazyPage(() => import('./insight/drivers-page.tsx'), 'DriversPage'),
})

const reasons = createRoute({
  getParentRoute: () => workspace,
  path: '/reasons',
  staticData: { crumb: 'page.reasons' },
  validateSearch: readReasonsSearch,
  component: lazyPage(() => import('./insight/reasons-page.tsx'), 'ReasonsPage'),
})

const choice = createRoute({
  getParentRoute: () => workspace,
  path: '/choice',
  staticData: { crumb: 'page.choice' },
  validateSearch: readChoiceSearch,
  component: lazyPage(() => import('./insight/choice-page.tsx'), 'ChoicePage'),
})

const topics = createRoute({
  getParentRoute: () => workspace,
  path: '/topics',
  staticData: { crumb: 'page.topics' },
  validateSearch: readTopicsSearch,
  component: lazyPage(() => import('./insight/topics-page.tsx'), 'TopicsPage'),
})

const unexpected = createRoute({
  getParentRoute: () => workspace,
  path: '/unexpected',
  staticData: { crumb: 'page.unexpected' },
  validateSearch: readUnexpectedSearch,
  component: lazyPage(() => import('./insight/unexpected-page.tsx'), 'UnexpectedPage'),
})

const difference = createRoute({
  getParentRoute: () => workspace,
  path: '/difference',
  staticData: { crumb: 'page.difference' },
  validateSearch: readDifferenceSearch,
  component: lazyPage(() => import('./insight/difference-page.tsx'), 'DifferencePage'),
})

const leaving = createRoute({
  getParentRoute: () => workspace,
  path: '/leaving',
  staticData: { crumb: 'page.leaving' },
  validateSearch: readLeavingSearch,
  component: lazyPage(() => import('./insight/leaving-page.tsx'), 'LeavingPage'),
})

const attribution = createRoute({
  getParentRoute: () => workspace,
  path: '/attribution',
  staticData: { crumb: 'page.attribution' },
  validateSearch: readAttributionSearch,
  component: lazyPage(() => import('./insight/attribution-page.tsx'), 'AttributionPage'),
})

const channelBoard = createRoute({
  getParentRoute: () => workspace,
  path: '/channels',
  staticData: { crumb: 'page.channels' },
  validateSearch: readBoardSearch,
  component: lazyPage(() => import('./insight/board-page.tsx'), 'BoardPage'),
})

const switches = createRoute({
  getParentRoute: () => workspace,
  path: '/switches',
  staticData: { crumb: 'page.switches' },
  validateSearch: readSwitchesSearch,
  component: lazyPage(() => import('./insight/switches-page.tsx'), 'SwitchesPage'),
})

const bottlenecks = createRoute({
  getParentRoute: () => workspace,
  path: '/bottlenecks',
  staticData: { crumb: 'page.bottlenecks' },
  validateSearch: readBottlenecksSearch,
  component: lazyPage(() => import('./insight/bottlenecks-page.tsx'), 'BottlenecksPage'),
})

const trends = createRoute({
  getParentRoute: () => workspace,
  path: '/trends',
  staticData: { crumb: 'page.trends' },
  validateSearch: readTrendsSearch,
  component: lazyPage(() => import('./insight/trends-page.tsx'), 'TrendsPage'),
})

const campaigns = createRoute({
  getParentRoute: () => workspace,
  path: '/campaigns',
  staticData: { crumb: 'page.campaigns' },
  validateSearch: readCampaignSearch,
  component: lazyPage(() => import('./insight/campaigns-page.tsx'), 'CampaignsPage'),
})

const campaign = createRoute({
  getParentRoute: () => workspace,
  path: '/campaigns/$campaign',
  staticData: { crumb: 'page.campaigns' },
  validateSearch: readCampaignSearch,
  component: lazyPage(() => import('./insight/campaign-page.tsx'), 'CampaignPage'),
})

const lift = createRoute({
  getParentRoute: () => workspace,
  path: '/lift',
  staticData: { crumb: 'page.lift' },
  validateSearch: readLiftSearch,
  component: lazyPage(() => import('./insight/lift-page.tsx'), 'LiftPage'),
})

const promises = createRoute({
  getParentRoute: () => workspace,
  path: '/promises',
  staticData: { crumb: 'page.promises' },
  validateSearch: readPromisesSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(kindsQuery(params.ws)),
  component: lazyPage(() => import('./insight/promises-page.tsx'), 'PromisesPage'),
})

const heatmap = createRoute({
  getParentRoute: () => workspace,
  path: '/heatmap',
  staticData: { crumb: 'page.heatmap' },
  validateSearch: readHeatmapSearch,
  component: lazyPage(() => import('./insight/heatmap-page.tsx'), 'HeatmapPage'),
})

const pageMap = createRoute({
  getParentRoute: () => workspace,
  path: '/page-map',
  staticData: { crumb: 'page.pageMap' },
  validateSearch: readPageMapSearch,
  component: lazyPage(() => import('./insight/page-map-page.tsx'), 'PageMapPage'),
})

const customers = createRoute({
  getParentRoute: () => workspace,
  path: '/customers',
  staticData: { crumb: 'page.customers' },
  validateSearch: readRfmSearch,
  component: lazyPage(() => import('./insight/rfm-page.tsx'), 'RfmPage'),
})

const retention = createRoute({
  getParentRoute: () => workspace,
  path: '/retention',
  staticData: { crumb: 'page.retention' },
  validateSearch: readRetentionSearch,
  component: lazyPage(() => import('./insight/retention-page.tsx'), 'RetentionPage'),
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
  component: lazyPage(() => import('./dashboard/dashboard-list-page.tsx'), 'DashboardListPage'),
})

const dashboard = createRoute({
  getParentRoute: () => dashboards,
  path: '/$dashboard',
  validateSearch: (search: Record<string, unknown>): NarrowSearch => readNarrowSearch(search),
  loader: async ({ context, params }) => {
    const stored = await context.queryClient.ensureQueryData(dashboardQuery(params.ws, params.dashboard))
    return { crumb: stored.dashboard.title }
  },
  component: lazyPage(() => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
})

const sql = createRoute({
  getParentRoute: () => workspace,
  path: '/sql',
  staticData: { crumb: 'page.sql' },
  validateSearch: readSqlSearch,
  loader: ({ context, params }) => void import('./api/sql.ts').then((it) => context.queryClient.prefetchQuery(it.sqlConsoleQuery(params.ws))),
  component: lazyPage(() => import('./sql/sql-page.tsx'), 'SqlPage'),
})

const targets = createRoute({
  getParentRoute: () => workspace,
  path: '/targets',
  staticData: { crumb: 'page.targets' },
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(targetsQuery(params.ws)),
  component: lazyPage(() => import('./report/target-list-page.tsx'), 'TargetListPage'),
})

const decisions = createRoute({ getParentRoute: () => workspace, path: '/decisions', staticData: { crumb: 'page.decisions' } })

const decisionList = createRoute({
  getParentRoute: () => decisions,
  path: '/',
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(decisionsQuery(params.ws)),
  component: lazyPage(() => import('./dashboard/decision-list-page.tsx'), 'DecisionListPage'),
})

const decision = createRoute({
  getParentRoute: () => decisions,
  path: '/$decision',
  loader: async ({ context, params }) => {
    const stored = await context.queryClient.ensureQueryData(decisionQuery(params.ws, params.decision))
    return { crumb: stored.decision.title }
  },
  component: lazyPage(() => import('./dashboard/decision-page.tsx'), 'DecisionPage'),
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
  component: lazyPage(() => import('./report/report-list-page.tsx'), 'ReportListPage'),
})

const report = createRoute({
  getParentRoute: () => reports,
  path: '/$report',
  beforeLoad: async ({ context, params }) => {
    const [stored, { placeOf }] = await Promise.all([
      context.queryClient.fetchQuery({ ...reportQuery(params.ws, params.report), staleTime: 0 }),
      import('./report/saved.ts'),
    ])
    const place = placeOf(stored)
    if (place === null) return
    // The page gets the whole question, the line of the address stays short.
    const search = defaultStringifySearch({ ...place.search, saved: stored.id })
    throw redirect({ href: `/w/${params.ws}/${place.page}${search}`, mask: { to: '/w/$ws/reports/$report', params: { ws: params.ws, report: stored.id } } })
  },
  errorComponent: PageFailure,
  component: lazyPage(() => import('./report/stored-report-page.tsx'), 'StoredReportPage'),
})

const profiles = createRoute({ getParentRoute: () => workspace, path: '/profiles', staticData: { crumb: 'page.profiles' } })

const profileList = createRoute({
  getParentRoute: () => profiles,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = textOf(search, 'q')
    return q === undefined ? {} : { q }
  },
  component: lazyPage(() => import('./profile/profile-list-page.tsx'), 'ProfileListPage'),
})

const profile = createRoute({
  getParentRoute: () => profiles,
  path: '/$profile',
  validateSearch: (search: Record<string, unknown>): { channel?: Channel } => {
    const channel = oneOf(search, 'channel', channels)
    return channel === undefined ? {} : { channel }
  },
  loader: async ({ context, params }) => {
    void context.queryClient.prefetchInfiniteQuery(profileEventsQuery(params.ws, params.profile))
    const { label } = await context.queryClient.ensureQueryData(profileQuery(params.ws, params.profile))
    return { crumb: label }
  },
  component: lazyPage(() => import('./profile/profile-page.tsx'), 'ProfilePage'),
})

const objects = createRoute({ getParentRoute: () => workspace, path: '/objects', staticData: { crumb: 'page.objects' } })

const objectList = createRoute({
  getParentRoute: () => objects,
  path: '/',
  validateSearch: readObjectSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(kindsQuery(params.ws)),
  component: lazyPage(() => import('./object/object-list-page.tsx'), 'ObjectListPage'),
})

const objectKinds = createRoute({
  getParentRoute: () => objects,
  path: '/kinds',
  staticData: { crumb: 'page.objectKinds' },
  component: lazyPage(() => import('./object/kinds-page.tsx'), 'KindsPage'),
})

const object = createRoute({
  getParentRoute: () => objects,
  path: '/$kind/$object',
  loader: ({ context, params }) => {
    void context.queryClient.prefetchQuery(kindsQuery(params.ws))
    return { crumb: params.object }
  },
  component: lazyPage(() => import('./object/object-page.tsx'), 'ObjectPage'),
})

const accounts = createRoute({ getParentRoute: () => workspace, path: '/accounts', staticData: { crumb: 'page.accounts' } })

const accountList = createRoute({
  getParentRoute: () => accounts,
  path: '/',
  validateSearch: readAccountSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(accountTypesQuery(params.ws)),
  component: lazyPage(() => import('./object/account-list-page.tsx'), 'AccountListPage'),
})

const account = createRoute({
  getParentRoute: () => accounts,
  path: '/$type/$account',
  loader: async ({ context, params }) => {
    const { name, id } = await context.queryClient.ensureQueryData(accountQuery(params.ws, params.type, params.account))
    return { crumb: name ?? id }
  },
  component: lazyPage(() => import('./object/account-page.tsx'), 'AccountPage'),
})

const segments = createRoute({ getParentRoute: () => workspace, path: '/segments', staticData: { crumb: 'page.segments' } })

const segmentList = createRoute({
  getParentRoute: () => segments,
  path: '/',
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(segmentsQuery(params.ws)),
  component: lazyPage(() => import('./segment/segment-list-page.tsx'), 'SegmentListPage'),
})

const segment = createRoute({
  getParentRoute: () => segments,
  path: '/$segment',
  loader: async ({ context, params }) => {
    const { title } = await context.queryClient.ensureQueryData(segmentQuery(params.ws, params.segment))
    return { crumb: title }
  },
  component: lazyPage(() => import('./segment/segment-page.tsx'), 'SegmentPage'),
})

const sources = createRoute({
  getParentRoute: () => workspace,
  path: '/sources',
  staticData: { crumb: 'page.sources' },
  validateSearch: (search: Record<string, unknown>): { tab?: 'hooks' | 'import' | 'costs' | 'quarantine'; reason?: string } => {
    const tab = oneOf(search, 'tab', ['hooks', 'import', 'costs', 'quarantine'])
    const reason = textOf(search, 'reason')
    return { ...(tab === undefined ? {} : { tab }), ...(tab !== 'quarantine' || reason === undefined ? {} : { reason }) }
  },
  component: lazyPage(() => import('./source/source-page.tsx'), 'SourcePage'),
})

const catalogue = createRoute({
  getParentRoute: () => workspace,
  path: '/catalogue',
  staticData: { crumb: 'page.catalogue' },
  validateSearch: (search: Record<string, unknown>): { tab?: 'proposals' | 'rules' | 'plan'; event?: string } => {
    const tab = oneOf(search, 'tab', ['proposals', 'rules', 'plan'])
    const event = textOf(search, 'event')
    return { ...(tab === undefined ? {} : { tab }), ...(event === undefined ? {} : { event }) }
  },
  component: lazyPage(() => import('./catalogue/catalogue-page.tsx'), 'CataloguePage'),
})

const quality = createRoute({
  getParentRoute: () => workspace,
  path: '/quality',
  staticData: { crumb: 'page.quality' },
  component: lazyPage(() => import('./catalogue/quality-page.tsx'), 'QualityPage'),
})

const vocabulary = createRoute({
  getParentRoute: () => workspace,
  path: '/vocabulary',
  staticData: { crumb: 'page.vocabulary' },
  component: lazyPage(() => import('./vocabulary/vocabulary-page.tsx'), 'VocabularyPage'),
})

const identity = createRoute({
  getParentRoute: () => workspace,
  path: '/identity',
  staticData: { crumb: 'page.identity' },
  component: lazyPage(() => import('./identity/identity-page.tsx'), 'IdentityPage'),
})

const privacy = createRoute({
  getParentRoute: () => workspace,
  path: '/privacy',
  staticData: { crumb: 'page.privacy' },
  component: lazyPage(() => import('./privacy/privacy-page.tsx'), 'PrivacyPage'),
})

const settings = createRoute({
  getParentRoute: () => workspace,
  path: '/settings',
  staticData: { crumb: 'page.settings' },
  component: lazyPage(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})

const routeTree = root.addChildren([
  login,
  setup,
  join,
  shared,
  start,
  workspace.addChildren([
    home,
    live,
    maps.addChildren([mapList, map]),
    trends,
    funnel,
    paths,
    time,
    drivers,
    reasons,
    choice,
    topics,
    unexpected,
    difference,
    leaving,
    attribution,
    channelBoard,
    switches,
    promises,
    heatmap,
    retention,
    dashboards.addChildren([dashboardList, dashboard]),
    pageMap,
    customers,
    bottlenecks,
    campaigns,
    campaign,
    lift,
    sql,
    targets,
    decisions.addChildren([decisionList, decision]),
    reports.addChildren([reportList, report]),
    profiles.addChildren([profileList, profile]),
    accounts.addChildren([accountList, account]),
    objects.addChildren([objectList, objectKinds, object]),
    segments.addChildren([segmentList, segment]),
    sources,
    catalogue,
    quality,
    vocabulary,
    identity,
    privacy,
    settings,
  ]),
])

/** Every page and its loader. */
export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
})

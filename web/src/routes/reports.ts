import { createRoute } from '@tanstack/react-router'
import { kindsQuery } from '../api/object.ts'
import { readAttributionSearch } from '../insight/attribution-search.ts'
import { readBottlenecksSearch } from '../insight/bottlenecks-search.ts'
import { readBoardSearch } from '../insight/board-search.ts'
import { readChoiceSearch } from '../insight/choice.ts'
import { readDifferenceSearch } from '../insight/difference-search.ts'
import { readDriversSearch } from '../insight/drivers-search.ts'
import { readFunnelSearch } from '../insight/funnel-search.ts'
import { readLeavingSearch } from '../insight/leaving-search.ts'
import { readCampaignSearch } from '../insight/campaign-search.ts'
import { readLiftSearch } from '../insight/lift-search.ts'
import { readPathsSearch } from '../insight/paths-search.ts'
import { readPromisesSearch } from '../insight/promises-search.ts'
import { readHeatmapSearch } from '../insight/heatmap-search.ts'
import { readPageMapSearch } from '../insight/page-map-search.ts'
import { readRfmSearch } from '../insight/rfm-search.ts'
import { readSwitchesSearch } from '../insight/switches-search.ts'
import { readTimeSearch } from '../insight/time-search.ts'
import { readTopicsSearch } from '../insight/topics.ts'
import { readUnexpectedSearch } from '../insight/unexpected.ts'
import { readReasonsSearch } from '../insight/reasons-search.ts'
import { readRetentionSearch } from '../insight/retention-search.ts'
import { readTrendsSearch } from '../insight/trends-search.ts'
import { workspace } from './entry.tsx'
import { lazyPage } from './lazy-page.ts'

const trends = createRoute({
  getParentRoute: () => workspace,
  path: '/trends',
  staticData: { crumb: 'page.trends' },
  validateSearch: readTrendsSearch,
  component: lazyPage(() => import('../insight/trends-page.tsx'), 'TrendsPage'),
})

const funnel = createRoute({
  getParentRoute: () => workspace,
  path: '/funnel',
  staticData: { crumb: 'page.funnel' },
  validateSearch: readFunnelSearch,
  component: lazyPage(() => import('../insight/funnel-page.tsx'), 'FunnelPage'),
})

const paths = createRoute({
  getParentRoute: () => workspace,
  path: '/paths',
  staticData: { crumb: 'page.paths' },
  validateSearch: readPathsSearch,
  component: lazyPage(() => import('../insight/paths-page.tsx'), 'PathsPage'),
})

const time = createRoute({
  getParentRoute: () => workspace,
  path: '/time',
  staticData: { crumb: 'page.time' },
  validateSearch: readTimeSearch,
  component: lazyPage(() => import('../insight/time-page.tsx'), 'TimePage'),
})

const drivers = createRoute({
  getParentRoute: () => workspace,
  path: '/drivers',
  staticData: { crumb: 'page.drivers' },
  validateSearch: readDriversSearch,
  component: lazyPage(() => import('../insight/drivers-page.tsx'), 'DriversPage'),
})

const reasons = createRoute({
  getParentRoute: () => workspace,
  path: '/reasons',
  staticData: { crumb: 'page.reasons' },
  validateSearch: readReasonsSearch,
  component: lazyPage(() => import('../insight/reasons-page.tsx'), 'ReasonsPage'),
})

const choice = createRoute({
  getParentRoute: () => workspace,
  path: '/choice',
  staticData: { crumb: 'page.choice' },
  validateSearch: readChoiceSearch,
  component: lazyPage(() => import('../insight/choice-page.tsx'), 'ChoicePage'),
})

const topics = createRoute({
  getParentRoute: () => workspace,
  path: '/topics',
  staticData: { crumb: 'page.topics' },
  validateSearch: readTopicsSearch,
  component: lazyPage(() => import('../insight/topics-page.tsx'), 'TopicsPage'),
})

const unexpected = createRoute({
  getParentRoute: () => workspace,
  path: '/unexpected',
  staticData: { crumb: 'page.unexpected' },
  validateSearch: readUnexpectedSearch,
  component: lazyPage(() => import('../insight/unexpected-page.tsx'), 'UnexpectedPage'),
})

const difference = createRoute({
  getParentRoute: () => workspace,
  path: '/difference',
  staticData: { crumb: 'page.difference' },
  validateSearch: readDifferenceSearch,
  component: lazyPage(() => import('../insight/difference-page.tsx'), 'DifferencePage'),
})

const leaving = createRoute({
  getParentRoute: () => workspace,
  path: '/leaving',
  staticData: { crumb: 'page.leaving' },
  validateSearch: readLeavingSearch,
  component: lazyPage(() => import('../insight/leaving-page.tsx'), 'LeavingPage'),
})

const attribution = createRoute({
  getParentRoute: () => workspace,
  path: '/attribution',
  staticData: { crumb: 'page.attribution' },
  validateSearch: readAttributionSearch,
  component: lazyPage(() => import('../insight/attribution-page.tsx'), 'AttributionPage'),
})

const channelBoard = createRoute({
  getParentRoute: () => workspace,
  path: '/channels',
  staticData: { crumb: 'page.channels' },
  validateSearch: readBoardSearch,
  component: lazyPage(() => import('../insight/board-page.tsx'), 'BoardPage'),
})

const switches = createRoute({
  getParentRoute: () => workspace,
  path: '/switches',
  staticData: { crumb: 'page.switches' },
  validateSearch: readSwitchesSearch,
  component: lazyPage(() => import('../insight/switches-page.tsx'), 'SwitchesPage'),
})

const bottlenecks = createRoute({
  getParentRoute: () => workspace,
  path: '/bottlenecks',
  staticData: { crumb: 'page.bottlenecks' },
  validateSearch: readBottlenecksSearch,
  component: lazyPage(() => import('../insight/bottlenecks-page.tsx'), 'BottlenecksPage'),
})

const campaigns = createRoute({
  getParentRoute: () => workspace,
  path: '/campaigns',
  staticData: { crumb: 'page.campaigns' },
  validateSearch: readCampaignSearch,
  component: lazyPage(() => import('../insight/campaigns-page.tsx'), 'CampaignsPage'),
})

const campaign = createRoute({
  getParentRoute: () => workspace,
  path: '/campaigns/$campaign',
  staticData: { crumb: 'page.campaigns' },
  validateSearch: readCampaignSearch,
  component: lazyPage(() => import('../insight/campaign-page.tsx'), 'CampaignPage'),
})

const lift = createRoute({
  getParentRoute: () => workspace,
  path: '/lift',
  staticData: { crumb: 'page.lift' },
  validateSearch: readLiftSearch,
  component: lazyPage(() => import('../insight/lift-page.tsx'), 'LiftPage'),
})

const promises = createRoute({
  getParentRoute: () => workspace,
  path: '/promises',
  staticData: { crumb: 'page.promises' },
  validateSearch: readPromisesSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(kindsQuery(params.ws)),
  component: lazyPage(() => import('../insight/promises-page.tsx'), 'PromisesPage'),
})

const heatmap = createRoute({
  getParentRoute: () => workspace,
  path: '/heatmap',
  staticData: { crumb: 'page.heatmap' },
  validateSearch: readHeatmapSearch,
  component: lazyPage(() => import('../insight/heatmap-page.tsx'), 'HeatmapPage'),
})

const pageMap = createRoute({
  getParentRoute: () => workspace,
  path: '/page-map',
  staticData: { crumb: 'page.pageMap' },
  validateSearch: readPageMapSearch,
  component: lazyPage(() => import('../insight/page-map-page.tsx'), 'PageMapPage'),
})

const customers = createRoute({
  getParentRoute: () => workspace,
  path: '/customers',
  staticData: { crumb: 'page.customers' },
  validateSearch: readRfmSearch,
  component: lazyPage(() => import('../insight/rfm-page.tsx'), 'RfmPage'),
})

const retention = createRoute({
  getParentRoute: () => workspace,
  path: '/retention',
  staticData: { crumb: 'page.retention' },
  validateSearch: readRetentionSearch,
  component: lazyPage(() => import('../insight/retention-page.tsx'), 'RetentionPage'),
})

/** The reports: each address holds its question. */
export const reportPages = [
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
  bottlenecks,
  campaigns,
  campaign,
  lift,
  promises,
  heatmap,
  pageMap,
  customers,
  retention,
] as const

import type { TextKey } from '../i18n/use-text.ts'
import type { IconName } from '../ui/icon.tsx'

/** The pages of a workspace in the order of the line that joins them, those of a group side by side. */
export const pages = [
  { to: '/w/$ws', title: 'page.home', icon: 'home', group: 'now' },
  { to: '/w/$ws/live', title: 'page.live', icon: 'live', group: 'now' },
  { to: '/w/$ws/maps', title: 'page.maps', icon: 'map', group: 'now' },
  { to: '/w/$ws/dashboards', title: 'page.dashboards', icon: 'board', group: 'now' },
  { to: '/w/$ws/targets', title: 'page.targets', icon: 'target', group: 'now' },
  { to: '/w/$ws/decisions', title: 'page.decisions', icon: 'decision', group: 'now' },
  { to: '/w/$ws/reports', title: 'page.reports', icon: 'bookmark', group: 'now' },
  { to: '/w/$ws/trends', title: 'page.trends', icon: 'trend', group: 'analyze' },
  { to: '/w/$ws/funnel', title: 'page.funnel', icon: 'funnel', group: 'analyze' },
  { to: '/w/$ws/paths', title: 'page.paths', icon: 'paths', group: 'analyze' },
  { to: '/w/$ws/time', title: 'page.time', icon: 'clock', group: 'analyze' },
  { to: '/w/$ws/retention', title: 'page.retention', icon: 'retention', group: 'analyze' },
  { to: '/w/$ws/heatmap', title: 'page.heatmap', icon: 'heatmap', group: 'analyze' },
  { to: '/w/$ws/page-map', title: 'page.pageMap', icon: 'pageMap', group: 'analyze' },
  { to: '/w/$ws/sql', title: 'page.sql', icon: 'code', group: 'analyze' },
  { to: '/w/$ws/bottlenecks', title: 'page.bottlenecks', icon: 'bottleneck', group: 'explain' },
  { to: '/w/$ws/promises', title: 'page.promises', icon: 'promise', group: 'explain' },
  { to: '/w/$ws/drivers', title: 'page.drivers', icon: 'drivers', group: 'explain' },
  { to: '/w/$ws/reasons', title: 'page.reasons', icon: 'reasons', group: 'explain' },
  { to: '/w/$ws/choice', title: 'page.choice', icon: 'choice', group: 'explain' },
  { to: '/w/$ws/topics', title: 'page.topics', icon: 'topics', group: 'explain' },
  { to: '/w/$ws/unexpected', title: 'page.unexpected', icon: 'unexpected', group: 'explain' },
  { to: '/w/$ws/leaving', title: 'page.leaving', icon: 'leave', group: 'explain' },
  { to: '/w/$ws/difference', title: 'page.difference', icon: 'difference', group: 'explain' },
  { to: '/w/$ws/channels', title: 'page.channels', icon: 'channels', group: 'reach' },
  { to: '/w/$ws/switches', title: 'page.switches', icon: 'switches', group: 'reach' },
  { to: '/w/$ws/campaigns', title: 'page.campaigns', icon: 'campaign', group: 'reach' },
  { to: '/w/$ws/attribution', title: 'page.attribution', icon: 'credit', group: 'reach' },
  { to: '/w/$ws/lift', title: 'page.lift', icon: 'lift', group: 'reach' },
  { to: '/w/$ws/links', title: 'page.links', icon: 'globe', group: 'reach' },
  { to: '/w/$ws/profiles', title: 'page.profiles', icon: 'people', group: 'people' },
  { to: '/w/$ws/accounts', title: 'page.accounts', icon: 'account', group: 'people' },
  { to: '/w/$ws/objects', title: 'page.objects', icon: 'parcel', group: 'people' },
  { to: '/w/$ws/segments', title: 'page.segments', icon: 'filter', group: 'people' },
  { to: '/w/$ws/customers', title: 'page.customers', icon: 'customers', group: 'people' },
  { to: '/w/$ws/research', title: 'page.research', icon: 'quote', group: 'people' },
  { to: '/w/$ws/sources', title: 'page.sources', icon: 'source', group: 'setup' },
  { to: '/w/$ws/catalogue', title: 'page.catalogue', icon: 'catalogue', group: 'setup' },
  { to: '/w/$ws/quality', title: 'page.quality', icon: 'quality', group: 'setup' },
  { to: '/w/$ws/vocabulary', title: 'page.vocabulary', icon: 'vocabulary', group: 'setup' },
  { to: '/w/$ws/identity', title: 'page.identity', icon: 'link', group: 'setup' },
  { to: '/w/$ws/privacy', title: 'page.privacy', icon: 'shield', group: 'setup' },
  { to: '/w/$ws/settings', title: 'page.settings', icon: 'settings', group: 'setup' },
] as const satisfies readonly Page[]

/** What a page is for. The first group needs no heading: it is where everybody starts. */
export type PageGroup = 'now' | 'analyze' | 'explain' | 'reach' | 'people' | 'setup'

type Page = { readonly to: string; readonly title: TextKey; readonly icon: IconName; readonly group: PageGroup }

export type PagePath = (typeof pages)[number]['to']

/** The page that an address belongs to. */
export function pageOf(path: string, ws: string): PagePath {
  const rest = path.slice(`/w/${ws}`.length)
  const found = pages.find(({ to }) => to !== '/w/$ws' && rest.startsWith(to.slice('/w/$ws'.length)))
  return found?.to ?? '/w/$ws'
}

import type { TextKey } from '../i18n/use-text.ts'
import type { IconName } from '../ui/icon.tsx'

/** The pages of a workspace in the order of the line that joins them. */
export const pages = [
  { to: '/w/$ws', title: 'page.home', icon: 'home' },
  { to: '/w/$ws/live', title: 'page.live', icon: 'live' },
  { to: '/w/$ws/maps', title: 'page.maps', icon: 'map' },
  { to: '/w/$ws/funnel', title: 'page.funnel', icon: 'funnel' },
  { to: '/w/$ws/paths', title: 'page.paths', icon: 'paths' },
  { to: '/w/$ws/time', title: 'page.time', icon: 'clock' },
  { to: '/w/$ws/retention', title: 'page.retention', icon: 'retention' },
  { to: '/w/$ws/attribution', title: 'page.attribution', icon: 'credit' },
  { to: '/w/$ws/reports', title: 'page.reports', icon: 'bookmark' },
  { to: '/w/$ws/profiles', title: 'page.profiles', icon: 'people' },
  { to: '/w/$ws/sources', title: 'page.sources', icon: 'source' },
  { to: '/w/$ws/vocabulary', title: 'page.vocabulary', icon: 'vocabulary' },
  { to: '/w/$ws/settings', title: 'page.settings', icon: 'settings' },
] as const satisfies readonly { readonly to: string; readonly title: TextKey; readonly icon: IconName }[]

export type PagePath = (typeof pages)[number]['to']

/** The page that an address belongs to. */
export function pageOf(path: string, ws: string): PagePath {
  const rest = path.slice(`/w/${ws}`.length)
  const found = pages.find(({ to }) => to !== '/w/$ws' && rest.startsWith(to.slice('/w/$ws'.length)))
  return found?.to ?? '/w/$ws'
}

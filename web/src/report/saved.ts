import type { StoredReport } from '../api/report.ts'
import type { Report } from '../api/model.ts'
import type { TextKey } from '../i18n/use-text.ts'

/** Pages that ask a question and can keep it, by their path below the workspace. */
export const questionPages: Readonly<Record<string, TextKey>> = {
  trends: 'page.trends',
  funnel: 'page.funnel',
  paths: 'page.paths',
  time: 'page.time',
  retention: 'page.retention',
  attribution: 'page.attribution',
  drivers: 'page.drivers',
  reasons: 'page.reasons',
  topics: 'page.topics',
  choice: 'page.choice',
  unexpected: 'page.unexpected',
  difference: 'page.difference',
  leaving: 'page.leaving',
  channels: 'page.channels',
  switches: 'page.switches',
  heatmap: 'page.heatmap',
  customers: 'page.customers',
  bottlenecks: 'page.bottlenecks',
  'page-map': 'page.pageMap',
  lift: 'page.lift',
  promises: 'page.promises',
}

/** What stands in the address of a page. */
export type Search = Readonly<Record<string, unknown>>

/** The part of an address that belongs to the question: not the open list of people, nor the name of what is saved. */
export function ownSearch(search: Search): Search {
  const { people: _, saved: __, ...own } = search
  return own
}

/** The page that shows a saved report, and its address there; none when no page can. */
export function placeOf(stored: Pick<StoredReport, 'page' | 'report' | 'against'>): { readonly page: string; readonly search: Search } | null {
  const place = stored.page != null && stored.page.name in questionPages ? { page: stored.page.name, search: stored.page.search } : placeOfReport(stored.report)
  return place === null || stored.against == null ? place : { ...place, search: { ...place.search, against: stored.against } }
}

/** Where a report belongs that was saved over the API. */
function placeOfReport(report: Report): { readonly page: string; readonly search: Search } | null {
  switch (report.kind) {
    case 'trends':
    case 'funnel':
    case 'drivers':
    case 'reasons':
    case 'topics':
    case 'choice':
    case 'unexpected':
    case 'difference':
    case 'attribution':
    case 'channels':
    case 'bottlenecks':
    case 'lift':
    case 'promises':
    case 'switches':
    case 'heatmap': {
      const { kind, ...ask } = report
      return { page: kind, search: { ask } }
    }
    case 'last_touch': {
      const { kind: _, ...ask } = report
      return { page: 'leaving', search: { ask } }
    }
    case 'page_map': {
      const { kind: _, ...ask } = report
      return { page: 'page-map', search: { ask } }
    }
    case 'rfm': {
      const { kind: _, ...ask } = report
      return { page: 'customers', search: { ask } }
    }
    case 'retention':
    case 'stickiness':
    case 'lifecycle':
      return { page: 'retention', search: { ask: report } }
    case 'stage_time': {
      const { range, stages, silence_max, filter, people } = report
      const ask = { range, ...(stages == null ? {} : { own: stages }), ...(silence_max == null ? {} : { silence: silence_max }), ...(filter == null ? {} : { filter }), ...(people == null ? {} : { people }) }
      return { page: 'time', search: { ask } }
    }
    case 'work_time': {
      const { kind: _, ...work } = report
      return { page: 'time', search: { work } }
    }
    default:
      return null
  }
}

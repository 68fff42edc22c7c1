import { isRecord } from '../lib/read.ts'
import type { CampaignAsk } from './campaign.ts'

/** The question stands in the URL, so that a link shows the same. */
export type CampaignSearch = {
  readonly ask?: CampaignAsk
  /** The field that people are told apart by. */
  readonly part?: string
}

export function readCampaignSearch(search: Record<string, unknown>): CampaignSearch {
  const { ask, part } = search
  return { ...(isAsk(ask) ? { ask } : {}), ...(typeof part === 'string' && part !== '' ? { part } : {}) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isAsk(value: unknown): value is CampaignAsk {
  if (!isRecord(value) || !isRecord(value['range']) || !isRecord(value['goal']) || typeof value['by'] !== 'string') return false
  const isText = (it: unknown) => it == null || typeof it === 'string'
  return isText(value['value']) && isText(value['within'])
}

import { useQueries, useQuery } from '@tanstack/react-query'
import { attributionQuery } from '../api/attribution.ts'
import { catalogQuery, fieldsQuery } from '../api/catalog.ts'
import { campaignCostsQuery } from '../api/cost.ts'
import { countsQuery } from '../api/counts.ts'
import { type FunnelReply, funnelQuery } from '../api/funnel.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { takesAll } from '../ui/matcher.ts'
import { type CampaignAsk, creditOf, daysOf, fieldsOfCampaigns, purchaseIn, responseOf, sessionsOf, traitOfPart } from './campaign.ts'
import type { CampaignSearch } from './campaign-search.ts'
import { suggestedConversions } from './suggested.ts'

/** Properties that often say what a conversion is worth. */
const worths = ['properties.value', 'properties.revenue', 'properties.total', 'properties.amount']

/** The question of the address, else one in the workspace's own words: none while they are not known. */
export function useCampaignAsk({ ask }: CampaignSearch): { readonly ask: CampaignAsk | null; readonly isAskable: boolean } {
  const workspace = useWorkspace()
  const fields = useQuery(fieldsQuery(workspace.id)).data?.fields
  const names = useQuery(catalogQuery(workspace.id)).data?.names
  const stored = useQuery(vocabularyQuery(workspace.id))
  if (ask !== undefined) return { ask, isAskable: !takesAll(ask.goal) }
  if (stored.data === undefined || fields === undefined || names === undefined) return { ask: null, isAskable: false }
  const seen = fields.map((it) => it.field)
  const [stage] = suggestedConversions(stored.data.vocabulary.stages ?? [])
  const goal = purchaseIn(names.filter((it) => !it.system).map((it) => it.name))
  const usual: CampaignAsk = {
    range: { last: '30d', zone: workspace.zone },
    by: fieldsOfCampaigns(seen)[0] ?? '',
    goal: goal === null ? (stage?.entry ?? {}) : { events: [goal] },
    value: worths.find((it) => seen.includes(it)) ?? null,
  }
  return { ask: usual, isAskable: !takesAll(usual.goal) }
}

/** Names of the two steps of every campaign. */
export function useStepNames(): readonly [string, string] {
  const text = useText()
  return [text('campaign.reached'), text('campaign.converted')]
}

/** Every campaign of the range. */
export function useCampaigns(ask: CampaignAsk, isAskable: boolean) {
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const names = useStepNames()
  const credit = useQuery(attributionQuery(ws, creditOf(ask), isAskable, asOf))
  const sessions = useQuery(funnelQuery(ws, sessionsOf(ask, names), isAskable, asOf))
  const days = useQuery(countsQuery(ws, daysOf(ask), isAskable, asOf))
  return { credit, sessions, days }
}

/** What one campaign led to. */
export function useCampaign(ask: CampaignAsk, name: string, isAskable: boolean) {
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const names = useStepNames()
  const format = useFormat()
  const credit = useQuery(attributionQuery(ws, creditOf(ask), isAskable, asOf))
  const response = useQuery(funnelQuery(ws, responseOf(ask, names, { name }), isAskable, asOf))
  const sessions = useQuery(funnelQuery(ws, sessionsOf(ask, names, name), isAskable, asOf))
  const range = response.data?.range
  const [from, to] = range === undefined ? ['', ''] : [dayIn(range.from, format.dayOf), dayIn(lastOf(range.to), format.dayOf)]
  const costs = useQuery(campaignCostsQuery(ws, name, from, to, range !== undefined && from !== ''))
  return { credit, response, sessions, costs }
}

/** The moment before the end, which is on the last day. */
function lastOf(to: string): string {
  const at = Date.parse(to)
  return Number.isNaN(at) ? to : new Date(at - 1).toISOString()
}

/** A day that the server reads; all of time has none. */
function dayIn(time: string, dayOf: (time: string) => string): string {
  const at = Date.parse(time)
  return Number.isNaN(at) || at <= 0 || at > Date.UTC(2200, 0) ? '' : dayOf(time)
}

/** Values of a trait that are told apart; all others are one part. */
const TRAIT_VALUES_MAX = 8

/** People whom a campaign reached in parts: by a field of the event that reached them first, or by a trait. */
export function useCampaignParts(ask: CampaignAsk, name: string, part: string, isAskable: boolean) {
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const names = useStepNames()
  const source = usePeopleSource()
  const trait = traitOfPart(part)
  const response = useQuery(funnelQuery(ws, responseOf(ask, names, { name, breakdown: part }), isAskable && trait === null, asOf))
  const credit = useQuery(attributionQuery(ws, creditOf(ask, { name, by: part }), isAskable && trait === null, asOf))
  const values = useQuery({ queryKey: ['w', ws, 'lift values', trait ?? ''], queryFn: () => source.traits.values(trait ?? '', ''), enabled: trait !== null })
  const chosen = trait === null ? [] : (values.data ?? []).slice(0, TRAIT_VALUES_MAX).map((it) => it.value)
  const tests = trait === null || values.data === undefined ? [] : [...chosen.map((value) => ({ is: [value] })), { is_not: chosen }]
  const each = useQueries({
    queries: tests.map((test) => funnelQuery(ws, responseOf(ask, names, { name, people: { trait: { name: trait ?? '', test } } }), isAskable, asOf)),
  })
  const lines = each.map((it, index) => lineOf(it.data, chosen[index]))
  return { trait, response, credit, chosen, each, lines }
}

function lineOf(reply: FunnelReply | undefined, value: unknown) {
  const steps = (reply?.numbers.steps ?? []).map((it) => it.units)
  return { label: value === undefined ? ('rest' as const) : { value }, steps }
}

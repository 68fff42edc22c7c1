import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type CatalogueEvent = Schemas['CatalogueEvent']
export type CataloguePage = Schemas['CataloguePage']
export type NameProposals = Schemas['Proposals']
export type NameRule = Schemas['NameRule']
export type Note = Schemas['Note']
export type NoteChange = Schemas['NoteChange']
export type PropertyFacts = Schemas['PropertyFacts']
export type StoredNameRules = Schemas['StoredNameRules']
export type TypeFacts = Schemas['TypeFacts']
export type ValueKind = Schemas['ValueKind']
export type Use = Schemas['Use']

export const catalogueQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'catalogue'], queryFn: ({ signal }) => ask<Schemas['Catalogue']>(`/w/${ws}/catalogue`, { signal }) })

export const catalogueEventQuery = (ws: string, name: string) =>
  queryOptions({
    queryKey: ['w', ws, 'catalogue', 'event', name],
    queryFn: ({ signal }) => ask<CataloguePage>(withQuery(`/w/${ws}/catalogue/event`, { name }), { signal }),
  })

export const nameProposalsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'catalogue', 'proposals'],
    queryFn: ({ signal }) => ask<NameProposals>(`/w/${ws}/catalogue/proposals`, { signal }),
  })

export const nameRulesQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'catalogue', 'rules'],
    queryFn: ({ signal }) => ask<StoredNameRules>(`/w/${ws}/catalogue/rules`, { signal }),
  })

/** Writes the rules on names over the version that was read. Every number may change with them. */
export async function changeNameRules(ws: string, version: number, rules: readonly NameRule[]): Promise<void> {
  await ask<unknown>(`/w/${ws}/catalogue/rules`, { method: 'PUT', body: { rules }, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
}

/** Says who looks after an event or a property, and what it means. */
export async function changeNote(ws: string, change: NoteChange): Promise<void> {
  await ask<unknown>(`/w/${ws}/catalogue/notes`, { method: 'PUT', body: change })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'catalogue'] })
}

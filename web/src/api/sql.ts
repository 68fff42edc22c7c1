import { queryOptions } from '@tanstack/react-query'
import { ask, send } from './client.ts'
import type { Report } from './model.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type SqlConsole = Schemas['SqlConsole']
export type SqlTableShape = Schemas['SqlTableShape']
export type SqlColumn = Schemas['SqlColumn']
export type SqlAsked = Schemas['SqlAsked']
/** A value as it came: what is no text, number or flag comes as text. */
export type SqlValue = string | number | boolean | null
export type SqlResult = Omit<Schemas['SqlResult'], 'rows'> & { readonly rows: readonly (readonly SqlValue[])[] }

export const sqlConsoleQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'sql'], queryFn: ({ signal }) => ask<SqlConsole>(`/w/${ws}/sql`, { signal }), retry: false })

/** Asks a statement under an id by which it can be stopped. */
export async function askSql(ws: string, sql: string, id: string): Promise<SqlResult> {
  try {
    return await ask<SqlResult>(`/w/${ws}/sql`, { method: 'POST', body: { sql }, headers: { 'x-query-id': id } })
  } finally {
    // What failed is part of the history too.
    void queryClient.invalidateQueries({ queryKey: sqlConsoleQuery(ws).queryKey })
  }
}

/** Stops a question of one's own. One that has been answered meanwhile need not be stopped. */
export async function stopQuestion(ws: string, id: string): Promise<void> {
  await send(`/w/${ws}/queries/${encodeURIComponent(id)}`, { method: 'DELETE' }).catch(() => undefined)
}

export async function exportSql(ws: string, sql: string, format: 'csv' | 'parquet'): Promise<{ readonly content: Blob; readonly isCut: boolean }> {
  const response = await send(`/w/${ws}/sql/export`, { method: 'POST', body: { sql, format }, headers: { accept: '*/*' } })
  return { content: await response.blob(), isCut: response.headers.get('x-rows-cut') === 'true' }
}

export async function forgetSqlHistory(ws: string): Promise<void> {
  await ask<null>(`/w/${ws}/sql/history`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: sqlConsoleQuery(ws).queryKey })
}

export type KeptStatement = Schemas['KeptStatement']

/** The statements that are kept for everybody who may ask. */
export const statementsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'sql', 'statements'], queryFn: ({ signal }) => ask<Schemas['KeptStatements']>(`/w/${ws}/sql/statements`, { signal }), retry: false })

export async function keepStatement(ws: string, statement: Schemas['TitledStatement']): Promise<void> {
  await ask<unknown>(`/w/${ws}/sql/statements`, { method: 'POST', body: statement })
  await queryClient.invalidateQueries({ queryKey: statementsQuery(ws).queryKey })
}

/** Writes over the version that was read; version 0 brings a deleted one back. */
export async function changeStatement(ws: string, id: string, version: number, statement: Schemas['TitledStatement']): Promise<void> {
  const path = `/w/${ws}/sql/statements/${encodeURIComponent(id)}`
  await ask<unknown>(path, { method: 'PUT', body: statement, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: statementsQuery(ws).queryKey })
}

export async function deleteStatement(ws: string, id: string): Promise<void> {
  await ask<null>(`/w/${ws}/sql/statements/${encodeURIComponent(id)}`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: statementsQuery(ws).queryKey })
}

/** The statement that gives the numbers of a report; none where SQL cannot say them exactly. */
export const reportStatementQuery = (ws: string, report: Report, asked: string) =>
  queryOptions({
    queryKey: ['w', ws, 'sql', 'statement', report, asked],
    queryFn: ({ signal }) => ask<Schemas['ReportStatement']>(`/w/${ws}/sql/statement`, { method: 'POST', body: { report, asked }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

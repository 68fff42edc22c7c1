import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { catalogQuery, fieldsQuery } from '../api/catalog.ts'
import { channels } from '../api/model.ts'
import { askSql, sqlConsoleQuery, stopQuestion } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { segmentsQuery } from '../api/segment.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import type { Known, Property } from './completion.ts'
import { examplesOf } from './examples.ts'
import { SHARED_LETTERS_MAX } from './sql-search.ts'

/** The statement that is written and the one that was asked, with its result. */
export function useSql() {
  const { id: ws } = useWorkspace()
  const { sql: shared = '' } = useSearch({ from: '/w/$ws/sql' })
  const navigate = useNavigate({ from: '/w/$ws/sql' })
  const [sql, setSql] = useState(shared)
  const [id, setId] = useState('')
  const console = useQuery(sqlConsoleQuery(ws))
  const ours = useRef(shared)
  useEffect(() => {
    // A link to another statement, or the way back to the last.
    if (shared !== ours.current) setSql(shared)
    ours.current = shared
  }, [shared])
  const run = useMutation({
    mutationFn: async (statement: string) => {
      const next = crypto.randomUUID()
      setId(next)
      return { statement, result: await askSql(ws, statement, next) }
    },
  })
  const runNow = (statement: string) => {
    if (statement.trim() === '' || run.isPending) return
    ours.current = statement.length > SHARED_LETTERS_MAX ? '' : statement
    void navigate({ search: ({ sql: _, ...rest }) => (ours.current === '' ? rest : { ...rest, sql: ours.current }) })
    run.mutate(statement)
  }
  return { sql, setSql, console, run, runNow, stop: () => void stopQuestion(ws, id) }
}

/** What completion and examples know of the workspace. */
export function useKnown(tables: Known['tables'], functions: readonly string[]) {
  const { id: ws, zone } = useWorkspace()
  const catalog = useQuery(catalogQuery(ws)).data
  const fields = useQuery(fieldsQuery(ws)).data
  const vocabulary = useQuery(vocabularyQuery(ws)).data?.vocabulary
  const segments = useQuery(segmentsQuery(ws)).data?.segments
  return useMemo(() => {
    const names = [...(catalog?.names ?? [])].sort((a, b) => b.events - a.events)
    const properties = (fields?.fields ?? []).flatMap(({ field, types }): Property[] => {
      const [object, ...path] = field.split('.')
      const reader = types.every((it) => it === 'number') ? 'json_number' : types.every((it) => it === 'flag') ? 'json_flag' : 'json_text'
      return (object === 'properties' || object === 'context') && path.length > 0 ? [{ object, path, reader }] : []
    })
    const known: Known = {
      tables,
      functions,
      properties,
      values: {
        event: names.map((it) => it.name),
        channel: channels,
        touchpoint: (vocabulary?.touchpoints ?? []).map((it) => it.id),
        stage: (vocabulary?.stages ?? []).map((it) => it.id),
        segment: (segments ?? []).map((it) => it.id),
      },
    }
    const texts = properties.find((it) => it.object === 'properties' && it.reader === 'json_text')
    const property =
      texts === undefined ? undefined : { name: texts.path.join('.'), read: `json_text(properties, ${texts.path.map((it) => `'${it.replaceAll("'", "''")}'`).join(', ')})` }
    return { known, examples: examplesOf({ events: names.filter((it) => !it.system).map((it) => it.name), zone, property }) }
  }, [catalog, fields, vocabulary, segments, tables, functions, zone])
}

import { send } from './client.ts'
import type { Against } from './compare.ts'
import type { Map } from './map.ts'
import type { Report } from './model.ts'
import type { PeopleOf } from './people.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
/** What a file is written of. A number's place comes from the answer that holds it. */
export type ExportOf = { readonly report: Report } | { readonly comparison: { readonly report: Report; readonly against: Against } } | { readonly draft: Map } | { readonly people: { readonly of: PeopleOf; readonly select: unknown } }
/** What to write, and how. */
export type ExportQuery = Omit<Schemas['ExportQuery'], 'of'> & { readonly of: ExportOf }

/** A file as the server writes it; the ending is the server's, as several tables may come in an archive. */
export async function exportFile(ws: string, query: ExportQuery): Promise<{ readonly content: Blob; readonly ending: string }> {
  const response = await send(`/w/${ws}/export`, { method: 'POST', body: query, headers: { accept: '*/*' } })
  const ending = /filename="export\.(\w+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  return { content: await response.blob(), ending: ending ?? query.format }
}

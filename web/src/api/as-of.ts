import { withQuery } from './client.ts'

/** Where a report is asked: of who was whom after so many lines of the link log, else of now. */
export const askPath = (ws: string, asOf?: number) => withQuery(`/w/${ws}/ask`, { as_of: asOf })

/** What tells a question of then from the same one of now among those that are kept. */
export const thenKey = (asOf?: number) => (asOf === undefined ? [] : [{ as_of: asOf }])

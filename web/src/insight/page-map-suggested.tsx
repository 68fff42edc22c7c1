import { useQuery } from '@tanstack/react-query'
import { fieldValuesQuery } from '../api/catalog.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import style from './page-map.module.css'

/** Where pages say which they are. */
export const PATH_FIELD = 'properties.path'

/** Pages listed to begin with. */
const PAGES_SHOWN = 12

/** The pages with the most events, each to be chosen. */
export function SuggestedPages({ onChoose }: { readonly onChoose: (path: string) => void }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const found = useQuery(fieldValuesQuery(ws, PATH_FIELD, ''))
  if (found.error !== null) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  if (found.data === undefined) return <Loading rows={6} />
  const pages = found.data.values.flatMap(({ value, events }) => (typeof value === 'string' ? [{ path: value, events }] : []))
  if (pages.length === 0) return <Empty title={text('pageMap.noPages')}>{text('pageMap.noPagesNote')}</Empty>
  return (
    <>
      <Empty title={text('pageMap.empty')}>{text('pageMap.emptyNote')}</Empty>
      <ul className={style.pages} aria-label={text('pageMap.pages')}>
        {pages.slice(0, PAGES_SHOWN).map(({ path, events }) => (
          <li key={path}>
            <button type="button" onClick={() => onChoose(path)}>
              <code>{path}</code>
              <span>{text('pageMap.events', { count: events, shown: format.compact(events) })}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

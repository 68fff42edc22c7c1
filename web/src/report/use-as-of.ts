import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { momentsQuery } from '../api/identity.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'

/** After how many lines of the link log the page asks who is whom, as it stands in the URL; none for now. */
export function useAsOf() {
  // A drawing may stand on a page of no workspace.
  const { as_of: asOf } = useSearch({ strict: false })
  const navigate = useNavigate()
  const choose = (next: number | undefined) =>
    void navigate({ to: '.', search: ({ as_of: _, people: __, ...now }) => (next === undefined ? now : { ...now, as_of: next }), replace: true, resetScroll: false })
  // For links to other questions that are to be asked of the same moment.
  const then: { readonly as_of?: number } = asOf === undefined ? {} : { as_of: asOf }
  return { asOf, then, choose }
}

/** The moment in words; none for now. */
export function useAsOfWords(): string | null {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const told = useQuery({ ...momentsQuery(ws, { as_of: asOf ?? 0 }), enabled: asOf !== undefined })
  if (asOf === undefined) return null
  const lines = { count: asOf, shown: format.count(asOf) }
  if (asOf === 0) return text('then.before')
  const at = told.data?.asked?.at
  return at == null ? text('then.afterLines', lines) : text('then.at', { ...lines, moment: format.moment(at) })
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Report } from '../api/model.ts'
import { changeReport, createReport, deleteReport, NO_VERSION, reportQuery, type StoredReport, titledOf } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { isRefusal } from '../lib/api-error.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import { isSame } from '../lib/same.ts'
import type { Search } from './saved.ts'

/** A question of a page as it is kept. */
export type Question = {
  /** The page's path below the workspace. */
  readonly page: string
  /** What is asked; none while it cannot be. */
  readonly report: Report | null
  /** What has to stand in the address for the page to ask the same. */
  readonly search: Search
}

/** The saved report that is open, and whether the page still asks the same. */
export function useSaved({ page, report, search: own }: Question) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { saved: id, against } = useSearch({ from: '/w/$ws' })
  const search = against === undefined ? own : { ...own, against }
  const navigate = useNavigate()
  const stored = useQuery({ ...reportQuery(ws, id ?? ''), enabled: id !== undefined })
  const data = id === undefined ? undefined : stored.data
  const open = (next: string) => navigate({ to: '/w/$ws/reports/$report', params: { ws, report: next }, replace: true })
  const failed = (error: unknown) => {
    // A conflict has a dialog of its own.
    if (!isRefusal(error, 'version.conflict')) toastFailure(error)
  }
  const make = useMutation({
    mutationFn: async (words: { readonly title: string; readonly description: string }) => {
      if (report === null) throw new Error('there is no question to save')
      return createReport(ws, { ...words, report, against: against ?? null, page: { name: page, search } })
    },
    onSuccess: async (made, { title }) => {
      await open(made)
      toast(text('report.saved', { title }))
    },
    onError: failed,
  })
  const change = useMutation({
    mutationFn: async (some: { readonly title?: string; readonly description?: string; readonly asks?: true }) => {
      if (data === undefined) throw new Error('there is no saved report')
      const { asks, ...words } = some
      const question = asks === true && report !== null ? { report, against: against ?? null, page: { name: page, search } } : {}
      await changeReport(ws, data.id, data.version, { ...titledOf(data), ...words, ...question })
      return data
    },
    onSuccess: async ({ id: changed, title }, some) => {
      if (some.asks === true) await open(changed)
      toast(text('report.saved', { title: some.title ?? title }))
    },
    onError: failed,
  })
  return {
    id,
    data,
    isGone: id !== undefined && isRefusal(stored.error, 'document.unknown'),
    isChanged: data !== undefined && report !== null && !isSame(data.page?.search, search),
    make,
    change,
    open,
    leave: () => void navigate({ to: '.', search: ({ saved: _, ...rest }) => rest, replace: true }),
  }
}

/** Deletes a report, with a way back. */
export function useDeleteReport() {
  const text = useText()
  const { id: ws } = useWorkspace()
  return async (stored: StoredReport): Promise<boolean> => {
    const restore = () =>
      void changeReport(ws, stored.id, NO_VERSION, titledOf(stored))
        .then(() => toast(text('report.restored', { title: stored.title })))
        .catch(toastFailure)
    try {
      await deleteReport(ws, stored.id)
      toast(text('report.deleted', { title: stored.title }), { label: text('report.undo'), run: restore })
      return true
    } catch (error) {
      toastFailure(error)
      return false
    }
  }
}

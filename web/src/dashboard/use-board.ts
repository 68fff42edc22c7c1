import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { changeDashboard, type Dashboard, dashboardQuery } from '../api/dashboard.ts'
import { useText } from '../i18n/use-text.ts'
import { isRefusal } from '../lib/api-error.ts'
import { toastFailure } from '../ui/toast.tsx'

/** A dashboard and its changes: each is seen at once and written one after the other. */
export function useBoard(ws: string, id: string) {
  const text = useText()
  const client = useQueryClient()
  const query = dashboardQuery(ws, id)
  const stored = useQuery(query)
  const writing = useRef<Promise<void>>(Promise.resolve())
  const write = async (dashboard: Dashboard) => {
    const version = client.getQueryData(query.queryKey)?.version
    if (version === undefined) return
    try {
      const next = await changeDashboard(ws, id, version, dashboard)
      client.setQueryData(query.queryKey, (now) => (now === undefined ? now : { ...now, version: next }))
    } catch (error) {
      toastFailure(isRefusal(error, 'version.conflict') ? new Error(text('dashboard.conflict')) : error)
      await client.invalidateQueries({ queryKey: query.queryKey })
    }
  }
  const edit = (change: (dashboard: Dashboard) => Dashboard) => {
    const now = client.getQueryData(query.queryKey)
    if (now === undefined) return
    const dashboard = change(now.dashboard)
    // An answer that is under way would bring back what was.
    void client.cancelQueries({ queryKey: query.queryKey })
    client.setQueryData(query.queryKey, { ...now, dashboard, updated: now.updated })
    writing.current = writing.current.then(() => write(dashboard))
  }
  return { stored, edit }
}

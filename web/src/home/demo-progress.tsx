import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { usePulse } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { removeWorkspace } from '../api/workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { LineArt } from '../ui/line-art.tsx'
import { Meter } from '../ui/meter.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './home.module.css'

/** How far the demo shop is loaded; `null` once it is, or where there is none. */
export function useDemoLoading() {
  const { demo: isDemo } = useWorkspace()
  const demo = usePulse((pulse) => pulse.demo)
  return isDemo && demo !== null && demo.rows < (demo.rows_total ?? Number.POSITIVE_INFINITY) ? demo : null
}

/** The page of a demo shop before its first events are there. */
export function DemoLoading() {
  const text = useText()
  const format = useFormat()
  const demo = useDemoLoading()
  const [rows, total] = [demo?.rows ?? 0, demo?.rows_total ?? null]
  return (
    <div className={style.loading} role="status">
      <LineArt name="start" />
      <h2>{text('home.demoBegins')}</h2>
      <Meter share={total === null ? 0 : rows / Math.max(1, total)} />
      <p>
        {total !== null && text('home.demoLoading', { rows: format.count(rows), total: format.count(total) })}
        {demo?.seconds_left != null && ` · ${text('home.demoLeft', { time: format.span(demo.seconds_left * 1_000) })}`}
      </p>
    </div>
  )
}

/** What a demo workspace says about itself: how far it is loaded, and how to be rid of it. */
export function DemoProgress() {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const loading = useDemoLoading()
  const [isAsking, setAsking] = useState(false)
  if (!workspace.demo) return null
  const remove = async () => {
    try {
      await removeWorkspace(workspace.id)
      toast(text('home.demoRemoved'))
      await navigate({ to: '/' })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <div className={style.demo}>
      {loading === null ? (
        <span>{text('home.demoHere')}</span>
      ) : (
        <div role="status">
          {text('home.demoLoading', { rows: format.count(loading.rows), total: format.count(loading.rows_total ?? loading.rows) })}
          <Meter share={loading.rows / Math.max(1, loading.rows_total ?? 1)} />
        </div>
      )}
      <Button size="s" look="quiet" icon="trash" onClick={() => setAsking(true)}>
        {text('home.demoRemove')}
      </Button>
      {isAsking && (
        <ConfirmDelete
          title={text('home.demoRemoveTitle')}
          note={text('home.demoRemoveNote')}
          action={text('home.demoRemove')}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { usePulse } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { removeWorkspace } from '../api/workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Meter } from '../ui/meter.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './home.module.css'

/** What a demo workspace says about itself: how far it is loaded, and how to be rid of it. */
export function DemoProgress() {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const demo = usePulse((pulse) => pulse.demo)
  const [isAsking, setAsking] = useState(false)
  if (!workspace.demo) return null
  const isLoading = demo !== null && demo.rows_total !== null && demo.rows < demo.rows_total
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
    <div className={style.demo} role="status">
      {isLoading ? (
        <div>
          {text('home.demoLoading', { rows: format.count(demo.rows), total: format.count(demo.rows_total ?? 0) })}
          {demo.seconds_left !== null && ` · ${text('home.demoLeft', { time: format.span(demo.seconds_left * 1_000) })}`}
          <Meter share={demo.rows / Math.max(1, demo.rows_total ?? 1)} />
        </div>
      ) : (
        <span>{text('home.demoHere')}</span>
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

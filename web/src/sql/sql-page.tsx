import { useCallback, useRef } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { useShortcut } from '../ui/use-shortcut.ts'
import { SqlAnswer } from './sql-answer.tsx'
import { SqlEditor } from './sql-editor.tsx'
import { SqlExport } from './sql-export.tsx'
import { SqlMissing } from './sql-missing.tsx'
import { SqlSave } from './sql-save.tsx'
import { SqlShelf } from './sql-shelf.tsx'
import style from './sql.module.css'
import { useKnown, useSql } from './use-sql.ts'
import { faultIn } from '../lib/sql-words.ts'

const nothing: readonly never[] = []

/** Questions in SQL over the events themselves. */
export function SqlPage() {
  const text = useText()
  const area = useRef<HTMLTextAreaElement>(null)
  const { sql, setSql, console, run, runNow, stop } = useSql()
  const { known, examples } = useKnown(console.data?.tables ?? nothing, console.data?.functions ?? nothing)
  const write = (next: string) => {
    setSql(next)
    area.current?.focus()
  }
  useShortcut('mod+e', useCallback(() => area.current?.focus(), []))
  if (console.error !== null) return <Failed isPage error={console.error} onRetry={() => void console.refetch()} />
  const state = console.data
  const isMissing = state?.is_available === false
  const refused = isMissing ? text('sql.missing.refused') : sql.trim() === '' ? text('sql.writeFirst') : undefined
  const wrong = run.error === null || run.variables !== sql ? null : faultIn(sql, run.error.message)
  return (
    <Page wide title={text('page.sql')} note={text('sql.note')}>
      {state === undefined ? (
        <Loading rows={8} />
      ) : (
        <div className={style.page}>
          <SqlShelf sql={sql} console={state} known={known} examples={examples} onWrite={write} onRun={isMissing ? undefined : (it) => (setSql(it), runNow(it))} />
          <div className={style.work}>
            {isMissing && <SqlMissing />}
            <SqlEditor sql={sql} known={known} fault={wrong} area={area} onChange={setSql} onRun={() => refused === undefined && runNow(sql)} />
            <div className={style.tools}>
              {run.isPending ? (
                <Button look="danger" icon="close" onClick={stop}>
                  {text('sql.stop')}
                </Button>
              ) : (
                <Button look="primary" icon="play" refused={refused} data-tip-keys="mod+Enter" aria-keyshortcuts="Control+Enter Meta+Enter" onClick={() => runNow(sql)}>
                  {text('sql.run')}
                </Button>
              )}
              <span className={style.hint}>{text('sql.hint')}</span>
              <SqlSave sql={sql} />
              <SqlExport sql={run.data?.statement ?? sql} refused={refused ?? (run.data === undefined ? text('sql.runFirst') : undefined)} />
            </div>
            <SqlAnswer run={run} waitMaxMs={state.wait_max_ms} />
          </div>
        </div>
      )}
    </Page>
  )
}

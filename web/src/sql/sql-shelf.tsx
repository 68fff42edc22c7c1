import { useState } from 'react'
import { forgetSqlHistory, type SqlAsked, type SqlConsole } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Segments } from '../ui/segments.tsx'
import { toastFailure } from '../ui/toast.tsx'
import type { Known } from './completion.ts'
import type { Example } from './examples.ts'
import { SqlSaved } from './sql-saved.tsx'
import { SqlTables } from './sql-tables.tsx'
import style from './sql.module.css'

type SqlShelfProps = {
  readonly sql: string
  readonly console: SqlConsole
  readonly known: Known
  readonly examples: readonly Example[]
  /** Puts a statement into the editor. */
  readonly onWrite: (sql: string) => void
  /** Puts a statement into the editor and runs it; none while that cannot be. */
  readonly onRun: ((sql: string) => void) | undefined
}

type Shelf = 'tables' | 'examples' | 'saved' | 'history'

/** What stands beside the editor: tables, examples, and what was asked before. */
export function SqlShelf({ sql, console, known, examples, onWrite, onRun }: SqlShelfProps) {
  const text = useText()
  const [shelf, setShelf] = useState<Shelf>('tables')
  const segments = (['tables', 'examples', 'saved', 'history'] as const).map((value) => ({ value, label: text(`sql.shelf.${value}`) }))
  return (
    <aside className={style.shelf} aria-label={text('sql.shelfLabel')}>
      <Segments label={text('sql.shelfLabel')} value={shelf} segments={segments} onChange={setShelf} />
      {shelf === 'tables' && <SqlTables tables={console.tables} functions={console.functions} known={known} onRun={onRun} />}
      {shelf === 'examples' && <Examples examples={examples} onWrite={onWrite} />}
      {shelf === 'saved' && <SqlSaved sql={sql} onWrite={onWrite} />}
      {shelf === 'history' && <History history={console.history} onWrite={onWrite} />}
    </aside>
  )
}

function Examples({ examples, onWrite }: Pick<SqlShelfProps, 'examples' | 'onWrite'>) {
  const text = useText()
  return (
    <ul className={style.entries}>
      {examples.map((example) => (
        <li key={example.key}>
          <button type="button" className={style.entry} onClick={() => onWrite(example.sql)}>
            {exampleName(text, example)}
          </button>
        </li>
      ))}
    </ul>
  )
}

function exampleName(text: Text, { key, name }: Example): string {
  switch (key) {
    case 'after':
      return text('sql.example.after', { name })
    case 'property':
      return text('sql.example.property', { name })
    default:
      return text(`sql.example.${key}`)
  }
}

function History({ history, onWrite }: { readonly history: readonly SqlAsked[]; readonly onWrite: (sql: string) => void }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  if (history.length === 0) return <p className={style.quiet}>{text('sql.noHistory')}</p>
  return (
    <>
      <ul className={style.entries}>
        {history.map((it) => (
          <li key={it.sql}>
            <button type="button" className={style.entry} title={it.sql} onClick={() => onWrite(it.sql)}>
              <code>{it.sql.replace(/\s+/g, ' ').slice(0, 160)}</code>
              <span className={style.quiet}>
                <Age time={it.asked} /> · {it.rows_count == null ? text('sql.noResult') : text('sql.rows', { count: it.rows_count, shown: format.count(it.rows_count) })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className={style.foot}>
        <span className={style.quiet}>{text('sql.historyNote')}</span>
        <Button size="s" icon="trash" onClick={() => void forgetSqlHistory(ws).catch(toastFailure)}>
          {text('sql.forget')}
        </Button>
      </p>
    </>
  )
}

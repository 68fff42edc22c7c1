import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Report } from '../api/model.ts'
import { canAskSql } from '../api/session.ts'
import { reportStatementQuery } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { SqlText } from '../ui/sql-text.tsx'
import { toast } from '../ui/toast.tsx'
import type { ExportAnswer } from './export-menu.tsx'
import style from './report.module.css'

type Asked = { readonly name: string; readonly report: Report; readonly asked: string }

/** Shows the statement behind the numbers of a page. */
export function ShowSql({ answers, refused }: { readonly answers: readonly ExportAnswer[]; readonly refused: string | undefined }) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  const asked = answers.flatMap(({ name, of, facts }): Asked[] => ('report' in of ? [{ name, report: of.report, asked: facts.asked }] : []))
  return (
    <>
      <IconButton look="plain" icon="code" label={text('report.sql.show')} refused={asked.length === 0 ? text('export.nothing') : refused} onClick={() => setOpen(true)} />
      {isOpen && <SqlDialog asked={asked} onClose={() => setOpen(false)} />}
    </>
  )
}

function SqlDialog({ asked, onClose }: { readonly asked: readonly Asked[]; readonly onClose: () => void }) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const [at, setAt] = useState('0')
  const shown = asked[Number(at)] ?? asked[0]
  const told = useQuery({ ...reportStatementQuery(ws, shown?.report ?? { kind: 'counts', range: { all: true } }, shown?.asked ?? ''), enabled: shown !== undefined })
  const sql = told.data?.sql ?? null
  const copy = async () => {
    await navigator.clipboard.writeText(sql ?? '')
    toast(text('report.sql.copied'))
  }
  return (
    <Dialog
      title={text('report.sql.title')}
      width={820}
      onClose={onClose}
      actions={
        sql !== null && (
          <>
            <Button icon="copy" onClick={() => void copy()}>
              {text('report.sql.copy')}
            </Button>
            <Button
              look="primary"
              icon="code"
              refused={canAskSql(role) ? undefined : text('report.sql.cannotAsk')}
              onClick={() => void navigate({ to: '/w/$ws/sql', params: { ws }, search: { sql } })}
            >
              {text('report.sql.open')}
            </Button>
          </>
        )
      }
    >
      <div className={style.statement}>
        {asked.length > 1 && (
          <SelectField size="s" label={text('export.of')} value={at} choices={asked.map((it, index) => ({ value: String(index), label: it.name }))} onChange={setAt} />
        )}
        {told.error !== null ? (
          <Failed small error={told.error} onRetry={() => void told.refetch()} />
        ) : told.data === undefined ? (
          <Loading rows={8} />
        ) : sql === null ? (
          <Empty small title={text('report.sql.none')}>
            {text(`unsaid.${told.data.why ?? 'matched'}`)}
          </Empty>
        ) : (
          <>
            <p className={style.quiet}>{text('report.sql.note')}</p>
            <SqlText sql={sql} label={text('report.sql.title')} />
          </>
        )}
      </div>
    </Dialog>
  )
}

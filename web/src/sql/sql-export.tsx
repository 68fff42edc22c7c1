import { useState } from 'react'
import { exportSql } from '../api/sql.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { download } from '../lib/download.ts'
import { Button } from '../ui/button.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './sql.module.css'

type SqlExportProps = { readonly sql: string; readonly refused: string | undefined }

/** The result as a file, with all of its rows. It is asked anew, so it is as fresh as can be. */
export function SqlExport({ sql, refused }: SqlExportProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const [busy, setBusy] = useState<string | null>(null)
  const write = async (format: 'csv' | 'parquet') => {
    if (busy !== null) return
    setBusy(format)
    try {
      const { content, isCut } = await exportSql(ws, sql, format)
      download(`sql.${format}`, content)
      if (isCut) toast(text('sql.exportCut'))
    } catch (error) {
      toastFailure(error)
    } finally {
      setBusy(null)
    }
  }
  return (
    <span className={style.exports} role="group" aria-label={text('export.title')}>
      {(['csv', 'parquet'] as const).map((format) => (
        <Button key={format} size="s" icon="download" refused={refused} aria-busy={busy === format} onClick={() => void write(format)}>
          {format === 'csv' ? 'CSV' : 'Parquet'}
        </Button>
      ))}
    </span>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { reportQuery } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import style from './report.module.css'

/** A report that was saved over the API and that no page draws: what it asks, as it is written. */
export function StoredReportPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { report } = useParams({ from: '/w/$ws/reports/$report' })
  const stored = useQuery(reportQuery(ws, report))
  if (stored.error !== null) return <Failed isPage error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading rows={6} />
  const { title, description } = stored.data
  return (
    <Page title={title} note={description === '' ? text('report.noPage') : description}>
      <pre className={style.definition} tabIndex={0} aria-label={text('report.definition')}>
        {JSON.stringify(stored.data.report, null, 2)}
      </pre>
    </Page>
  )
}

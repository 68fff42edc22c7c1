import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reportsQuery } from '../api/report.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Section } from '../ui/page.tsx'
import style from './home.module.css'

/** More would push down what changed. */
const RECENT_MAX = 5

/** The reports that were saved last, where there are any. */
export function RecentReports() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const reports = useQuery(reportsQuery(ws)).data?.reports ?? []
  if (reports.length === 0) return null
  return (
    <Section
      title={text('home.savedReports')}
      aside={
        <Link from="/w/$ws" to="/w/$ws/reports">
          {text('home.allReports')}
        </Link>
      }
    >
      <ul className={style.reports}>
        {reports.slice(0, RECENT_MAX).map((it) => (
          <li key={it.id}>
            <Link from="/w/$ws" to="/w/$ws/reports/$report" params={{ report: it.id }}>
              {it.title}
            </Link>
            <span>{it.owner?.name}</span>
            <Age time={it.updated} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

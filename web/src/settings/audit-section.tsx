import { useQuery } from '@tanstack/react-query'
import { type AuditLine, auditQuery } from '../api/member.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'

/** Who did what, newest first. */
export function AuditSection() {
  const text = useText()
  const format = useFormat()
  const audit = useQuery(auditQuery)
  const columns: readonly Column<AuditLine>[] = [
    { key: 'at', title: text('settings.when'), width: '170px', cell: (it) => format.moment(it.at) },
    { key: 'actor', title: text('settings.whoDid'), width: 'minmax(120px, 1fr)', cell: (it) => it.actor },
    { key: 'action', title: text('settings.action'), width: 'minmax(120px, 1fr)', cell: (it) => it.action },
    { key: 'subject', title: text('settings.subject'), width: 'minmax(120px, 2fr)', cell: (it) => it.subject ?? it.workspace ?? '–' },
  ]
  return (
    <Section title={text('settings.audit')} note={text('settings.auditNote')}>
      {audit.error !== null ? (
        <Failed small error={audit.error} onRetry={() => void audit.refetch()} />
      ) : audit.data === undefined ? (
        <Loading rows={4} />
      ) : audit.data.entries.length === 0 ? (
        <Empty small title={text('look.nothing')} />
      ) : (
        <DataTable label={text('settings.audit')} columns={columns} rows={audit.data.entries} rowKey={(it) => String(it.position)} height="320px" />
      )}
    </Section>
  )
}

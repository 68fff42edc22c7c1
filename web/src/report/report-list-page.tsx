import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { changeReport, createReport, type ReportEntry, reportQuery, reportsQuery, type StoredReport, titledOf } from '../api/report.ts'
import { canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { hasWords } from '../lib/fold.ts'
import { Age } from '../ui/age.tsx'
import { IconButton } from '../ui/button.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Menu } from '../ui/menu.tsx'
import { Page } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './report.module.css'
import { SaveDialog } from './save-dialog.tsx'
import { questionPages } from './saved.ts'
import { useDeleteReport } from './use-saved.ts'

/** Every saved report of the workspace, by whom and what for. */
export function ReportListPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { q = '' } = useSearch({ from: '/w/$ws/reports/' })
  const navigate = useNavigate({ from: '/w/$ws/reports/' })
  const reports = useQuery(reportsQuery(ws))
  const [edited, setEdited] = useState<StoredReport | null>(null)
  const all = reports.data?.reports ?? []
  const rows = all.filter((it) => hasWords(`${it.title} ${it.description} ${it.owner?.name ?? ''} ${kindName(text, it)}`, q))
  return (
    <Page title={text('page.reports')} note={text('report.listNote')}>
      <SearchField label={text('report.search')} value={q} onSearch={(next) => void navigate({ search: next === '' ? {} : { q: next }, replace: true })} />
      {reports.error !== null ? (
        <Failed error={reports.error} onRetry={() => void reports.refetch()} />
      ) : reports.data === undefined ? (
        <Loading rows={8} />
      ) : rows.length === 0 ? (
        <Empty art={q === '' ? 'start' : 'search'} title={q === '' ? text('report.none') : text('look.noneFound')}>
          {q === '' ? text('report.noneNote') : text('report.notFound')}
        </Empty>
      ) : (
        <DataTable
          label={text('page.reports')}
          columns={columnsOf(text, setEdited)}
          rows={rows}
          rowKey={(row) => row.id}
          height="calc(100dvh - 250px)"
          onOpen={(row) => void navigate({ to: '/w/$ws/reports/$report', params: { ws, report: row.id } })}
        />
      )}
      {edited !== null && <EditDialog stored={edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

function kindName(text: Text, { page, kind }: ReportEntry): string {
  const key = questionPages[page ?? kind]
  return key === undefined ? (page ?? kind) : text(key)
}

function columnsOf(text: Text, onEdit: (stored: StoredReport) => void): readonly Column<ReportEntry>[] {
  return [
    {
      key: 'title',
      title: text('report.title'),
      width: 'minmax(180px, 3fr)',
      cell: (row) => (
        <span className={style.title}>
          <b>{row.title}</b>
        </span>
      ),
      sort: (row) => row.title,
    },
    { key: 'about', title: text('report.description'), width: 'minmax(0, 3fr)', cell: (row) => row.description },
    { key: 'kind', title: text('report.kind'), width: 'minmax(80px, 1fr)', cell: (row) => kindName(text, row), sort: (row) => kindName(text, row) },
    { key: 'owner', title: text('report.owner'), width: 'minmax(80px, 1fr)', cell: (row) => row.owner?.name ?? '–', sort: (row) => row.owner?.name ?? '' },
    { key: 'updated', title: text('report.updated'), width: '110px', align: 'end', cell: (row) => <Age time={row.updated} />, sort: (row) => Date.parse(row.updated) },
    { key: 'menu', title: text('report.more'), width: '64px', align: 'end', cell: (row) => <RowMenu entry={row} onEdit={onEdit} /> },
  ]
}

/** What can be done with a report without opening it. */
function RowMenu({ entry, onEdit }: { readonly entry: ReportEntry; readonly onEdit: (stored: StoredReport) => void }) {
  const text = useText()
  const client = useQueryClient()
  const { id: ws, role } = useWorkspace()
  const remove = useDeleteReport()
  const refused = canSaveReports(role) ? undefined : text('report.cannotSave')
  const withStored = async (work: (stored: StoredReport) => Promise<unknown> | void) => {
    try {
      await work(await client.fetchQuery({ ...reportQuery(ws, entry.id), staleTime: 0 }))
    } catch (error) {
      toastFailure(error)
    }
  }
  const duplicate = async (stored: StoredReport) => {
    const title = text('report.copyOf', { title: stored.title }).slice(0, 100)
    const { owner: _, ...rest } = titledOf(stored)
    await createReport(ws, { ...rest, title })
    toast(text('report.saved', { title }))
  }
  return (
    // The row itself opens the report.
    <span role="presentation" onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <Menu
        label={text('report.menuOf', { title: entry.title })}
        side="bottom-end"
        groups={[
          {
            items: [
              { key: 'edit', label: text('report.edit'), icon: 'edit', refused, run: () => void withStored(onEdit) },
              { key: 'copy', label: text('report.duplicate'), icon: 'copy', refused, run: () => void withStored(duplicate) },
            ],
          },
          { items: [{ key: 'delete', label: text('report.delete'), icon: 'trash', danger: true, refused, run: () => void withStored(remove) }] },
        ]}
      >
        {(target) => <IconButton {...target} size="s" icon="more" label={text('report.menuOf', { title: entry.title })} />}
      </Menu>
    </span>
  )
}

/** Changes the words of a report over the version that was read a moment ago. */
function EditDialog({ stored, onClose }: { readonly stored: StoredReport; readonly onClose: () => void }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const [isBusy, setBusy] = useState(false)
  const save = async (title: string, description: string) => {
    setBusy(true)
    try {
      await changeReport(ws, stored.id, stored.version, { ...titledOf(stored), title, description })
      toast(text('report.saved', { title }))
      onClose()
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <SaveDialog
      heading={text('report.edit')}
      title={stored.title}
      description={stored.description}
      isBusy={isBusy}
      onSave={(title, description) => void save(title, description)}
      onClose={onClose}
    />
  )
}

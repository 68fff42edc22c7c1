import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createSegment, peopleCountQuery, type SegmentEntry, segmentsQuery } from '../api/segment.ts'
import { canSaveReports } from '../api/session.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Count } from '../ui/count.tsx'
import { peopleWords } from '../ui/people-words.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import { templatesOf } from './segment.ts'
import { SegmentDialog, type SegmentDraft } from './segment-dialog.tsx'
import style from './segment.module.css'

const empty: SegmentDraft = { title: '', description: '', rule: { did: { matcher: {}, times: { at_least: 1 } } } }

/** Every segment of the workspace, how many are in it now, and beginnings for new ones. */
export function SegmentListPage() {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const navigate = useNavigate()
  const segments = useQuery(segmentsQuery(ws))
  const [draft, setDraft] = useState<SegmentDraft | null>(null)
  const refused = canSaveReports(role) ? undefined : text('segment.cannotSave')
  const open = (segment: string) => void navigate({ to: '/w/$ws/segments/$segment', params: { ws, segment } })
  const make = useMutation({
    mutationFn: ({ title, description, rule }: SegmentDraft) => createSegment(ws, { title, description, ...(rule === null ? {} : { definition: { rule } }) }),
    onSuccess: (made, { title }) => {
      setDraft(null)
      toast(text('segment.saved', { title }))
      open(made)
    },
    onError: toastFailure,
  })
  const rows = segments.data?.segments ?? []
  return (
    <Page
      title={text('page.segments')}
      note={text('segment.listNote')}
      actions={
        <Button look="primary" icon="plus" refused={refused} onClick={() => setDraft(empty)}>
          {text('segment.make')}
        </Button>
      }
    >
      {segments.error !== null ? (
        <Failed error={segments.error} onRetry={() => void segments.refetch()} />
      ) : segments.data === undefined ? (
        <Loading rows={6} />
      ) : rows.length === 0 ? (
        <Empty title={text('segment.none')}>{text('segment.noneNote')}</Empty>
      ) : (
        <DataTable label={text('page.segments')} columns={columnsOf(text)} rows={rows} rowKey={(row) => row.id} onOpen={(row) => open(row.id)} />
      )}
      {segments.data !== undefined && <Templates refused={refused} onChoose={setDraft} />}
      {draft !== null && <SegmentDialog heading={text('segment.makeNew')} draft={draft} isBusy={make.isPending} onSave={(it) => make.mutate(it)} onClose={() => setDraft(null)} />}
    </Page>
  )
}

function columnsOf(text: Text): readonly Column<SegmentEntry>[] {
  return [
    { key: 'title', title: text('report.title'), width: 'minmax(160px, 2fr)', cell: (row) => <b className={style.title}>{row.title}</b>, sort: (row) => row.title },
    { key: 'size', title: text('segment.size'), width: '110px', align: 'end', cell: (row) => <Size segment={row.id} title={row.title} /> },
    { key: 'about', title: text('report.description'), width: 'minmax(0, 3fr)', cell: (row) => row.description },
    { key: 'kind', title: text('report.kind'), width: 'minmax(80px, 1fr)', cell: (row) => text(`segment.kinds.${row.kind}`), sort: (row) => row.kind },
    { key: 'owner', title: text('report.owner'), width: 'minmax(80px, 1fr)', cell: (row) => row.owner?.name ?? '–', sort: (row) => row.owner?.name ?? '' },
    { key: 'updated', title: text('report.updated'), width: '110px', align: 'end', cell: (row) => <Age time={row.updated} />, sort: (row) => Date.parse(row.updated) },
  ]
}

/** How many are in a segment now. */
function Size({ segment, title }: { readonly segment: string; readonly title: string }) {
  const { id: ws } = useWorkspace()
  const rule = { segment: { id: segment } }
  const { data, error } = useQuery(peopleCountQuery(ws, rule))
  if (error !== null) return <span>–</span>
  if (data === undefined) return <span className={style.wait}>…</span>
  return <Count value={data.people} people={{ of: { rule }, select: undefined, title, asked: data.asked }} />
}

/** Beginnings out of the workspace's own words, each with how many it would have. */
function Templates({ refused, onChoose }: { readonly refused: string | undefined; readonly onChoose: (draft: SegmentDraft) => void }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const source = usePeopleSource()
  return (
    <Section title={text('segment.templates')} note={text('segment.templatesNote')}>
      <ul className={style.templates}>
        {templatesOf(source).map(({ key, name, rule }) => {
          const title = text(`segment.template.${key}`, { name })
          return (
            <li key={key}>
              <b>{title}</b>
              <span className={style.words}>{peopleWords(rule, { text, format, names: source })}</span>
              <span className={style.foot}>
                <Would ws={ws} rule={rule} />
                <Button size="s" icon="plus" refused={refused} aria-label={text('segment.begin', { title })} onClick={() => onChoose({ title, description: '', rule })}>
                  {text('segment.use')}
                </Button>
              </span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Would({ ws, rule }: { readonly ws: string; readonly rule: Parameters<typeof peopleWords>[0] }) {
  const text = useText()
  const format = useFormat()
  const { data } = useQuery(peopleCountQuery(ws, rule))
  return <span className={style.quiet}>{data === undefined ? '…' : text('people.total', { count: data.people, shown: format.count(data.people) })}</span>
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { checkLink, linkSettingsQuery, removeLink, type SentLink, sentLinksQuery } from '../api/sent-links.ts'
import { canEditMaps, canPublish, canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ScheduleDialog } from '../report/schedule-dialog.tsx'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './link.module.css'
import { LinkSettings } from './link-settings.tsx'
import { RegisterDialog } from './register-dialog.tsx'
import { statusWords, toneOf } from './sent-links.ts'

/** Links in messages that were sent, the broken ones first. */
export function SentLinksPage() {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const links = useQuery(sentLinksQuery(ws))
  const [open, setOpen] = useState<'register' | 'schedule' | null>(null)
  const rows = links.data?.links ?? []
  return (
    <Page
      wide
      title={text('page.links')}
      note={text('sentLink.note')}
      actions={
        <>
          <Button icon="mail" refused={canPublish(role) ? undefined : text('schedule.cannot')} onClick={() => setOpen('schedule')}>
            {text('sentLink.alert')}
          </Button>
          <Button look="primary" icon="plus" refused={canEditMaps(role) ? undefined : text('sentLink.cannotRegister')} onClick={() => setOpen('register')}>
            {text('sentLink.register')}
          </Button>
        </>
      }
    >
      {links.error !== null ? (
        <Failed error={links.error} onRetry={() => void links.refetch()} />
      ) : links.data === undefined ? (
        <Loading rows={6} />
      ) : rows.length === 0 ? (
        <Empty title={text('sentLink.none')}>{text(links.data.is_on ? 'sentLink.noneOn' : 'sentLink.noneOff')}</Empty>
      ) : (
        <Links ws={ws} rows={rows} isOn={links.data.is_on} />
      )}
      <Section title={text('sentLink.settings')} note={text('sentLink.settingsNote')}>
        <Settings ws={ws} />
      </Section>
      {open === 'register' && <RegisterDialog ws={ws} onClose={() => setOpen(null)} />}
      {open === 'schedule' && <ScheduleDialog of={{ links: 'broken' }} title={text('sentLink.alertTitle')} onClose={() => setOpen(null)} />}
    </Page>
  )
}

function Settings({ ws }: { readonly ws: string }) {
  const stored = useQuery(linkSettingsQuery(ws))
  if (stored.error !== null) return <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
  return stored.data === undefined ? <Loading rows={3} /> : <LinkSettings ws={ws} stored={stored.data} readAgain={stored.refetch} />
}

function Links({ ws, rows, isOn }: { readonly ws: string; readonly rows: readonly SentLink[]; readonly isOn: boolean }) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const [removing, setRemoving] = useState<SentLink | null>(null)
  const checking = useMutation({ mutationFn: (id: number) => checkLink(ws, id), onSuccess: (link) => toast(statusWords(link, text)), onError: toastFailure })
  const removal = useMutation({ mutationFn: (id: number) => removeLink(ws, id), onError: toastFailure })
  const refusedCheck = (link: SentLink) =>
    !canSaveReports(role) ? text('sentLink.cannotCheck') : !isOn ? text('sentLink.isOff') : link.unasked != null ? text(`sentLink.unasked.${link.unasked}`) : undefined
  const columns: readonly Column<SentLink>[] = [
    { key: 'address', title: text('sentLink.address'), width: 'minmax(220px, 3fr)', cell: (row) => row.address, sort: (row) => row.address },
    {
      key: 'status',
      title: text('sentLink.stands'),
      width: 'minmax(180px, 2fr)',
      cell: (row) => (
        <span className={style.status} data-tone={toneOf(row)}>
          {statusWords(row, text)}
        </span>
      ),
      sort: (row) => statusWords(row, text),
    },
    { key: 'since', title: text('sentLink.since'), width: '110px', align: 'end', cell: (row) => (row.since == null ? '–' : <Age time={row.since} />), sort: (row) => Date.parse(row.since ?? row.added) },
    { key: 'checked', title: text('sentLink.checked'), width: '110px', align: 'end', cell: (row) => (row.checked == null ? '–' : <Age time={row.checked} />), sort: (row) => Date.parse(row.checked ?? row.added) },
    { key: 'clicks', title: text('sentLink.clicks'), width: '90px', align: 'end', cell: (row) => format.count(row.clicks), sort: (row) => row.clicks },
    { key: 'people', title: text('sentLink.people'), width: '90px', align: 'end', cell: (row) => format.count(row.people), sort: (row) => row.people },
    { key: 'campaigns', title: text('sentLink.campaigns'), width: 'minmax(120px, 1fr)', cell: (row) => (row.campaigns.length === 0 ? '–' : row.campaigns.join(', ')) },
    {
      key: 'act',
      title: text('sentLink.act'),
      width: '96px',
      align: 'end',
      cell: (row) => (
        <span className={style.actions}>
          <IconButton size="s" icon="refresh" label={text('sentLink.checkNow', { address: row.address })} refused={refusedCheck(row)} onClick={() => checking.mutate(row.id)} />
          <IconButton
            size="s"
            icon="trash"
            label={text('sentLink.remove', { address: row.address })}
            refused={canEditMaps(role) ? undefined : text('sentLink.cannotRegister')}
            onClick={() => setRemoving(row)}
          />
        </span>
      ),
    },
  ]
  return (
    <>
      <DataTable label={text('page.links')} columns={columns} rows={rows} rowKey={(row) => String(row.id)} />
      {removing !== null && (
        <ConfirmDelete
          title={text('sentLink.removeTitle')}
          note={text(removing.leads_from == null ? 'sentLink.removeSeen' : 'sentLink.removeRegistered', { address: removing.address })}
          action={text('sentLink.removeIt')}
          onConfirm={() => removal.mutate(removing.id)}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  )
}

import { useState } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import { reportQuery } from '../api/report.ts'
import { canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { isRefusal } from '../lib/api-error.ts'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { toast } from '../ui/toast.tsx'
import { AddToDashboard } from './add-to-dashboard.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'
import style from './report.module.css'
import { useDeleteReport, type useSaved } from './use-saved.ts'

type Saved = ReturnType<typeof useSaved>

type Opened = 'words' | 'copy' | 'board' | 'share' | 'schedule'

/** The saved report that a page shows: what it is for, and whether the page still asks the same. */
export function SavedBar({ saved }: { readonly saved: Saved }) {
  const text = useText()
  const { role } = useWorkspace()
  const [dialog, setDialog] = useState<Opened | null>(null)
  const { data, isGone, isChanged, make, change } = saved
  const refused = canSaveReports(role) ? undefined : text('report.cannotSave')
  if (isGone) {
    return (
      <div className={style.bar} role="region" aria-label={text('report.bar')}>
        <span className={style.words}>{text('report.gone')}</span>
        <IconButton size="s" icon="close" label={text('look.dismiss')} onClick={saved.leave} />
      </div>
    )
  }
  if (data === undefined) return null
  return (
    <div className={style.bar} role="region" aria-label={text('report.bar')} data-changed={isChanged || undefined}>
      <Icon name="bookmark" size={15} />
      <span className={style.words}>
        <b>{data.title}</b>
        {data.description !== '' && <span className={style.about}>{data.description}</span>}
        <span className={style.quiet}>
          {data.owner == null ? text('report.noOwner') : data.owner.name} · <Age time={data.updated} />
        </span>
      </span>
      {isChanged && (
        <span className={style.change}>
          <span className={style.mark} role="status">
            {text('report.changed')}
          </span>
          <Button size="s" look="quiet" onClick={() => void saved.open(data.id)}>
            {text('report.revert')}
          </Button>
          <Button size="s" look="primary" refused={refused} aria-busy={change.isPending} onClick={() => change.mutate({ asks: true })}>
            {text('report.saveChanges')}
          </Button>
        </span>
      )}
      <Button size="s" icon="board" refused={refused} onClick={() => setDialog('board')}>
        {text('dashboard.addTo')}
      </Button>
      <Button size="s" icon="share" onClick={() => setDialog('share')}>
        {text('share.action')}
      </Button>
      <Button size="s" icon="mail" refused={refused} onClick={() => setDialog('schedule')}>
        {text('schedule.action')}
      </Button>
      <BarMenu saved={saved} refused={refused} onDialog={setDialog} />
      {dialog === 'words' && (
        <SaveDialog
          heading={text('report.edit')}
          title={data.title}
          description={data.description}
          isBusy={change.isPending}
          onClose={() => setDialog(null)}
          onSave={(title, description) => change.mutate({ title, description }, { onSettled: () => setDialog(null) })}
        />
      )}
      {dialog === 'copy' && (
        <SaveDialog
          heading={text('report.saveAsNew')}
          title={text('report.copyOf', { title: data.title }).slice(0, 100)}
          description={data.description}
          isBusy={make.isPending}
          onClose={() => setDialog(null)}
          onSave={(title, description) => make.mutate({ title, description }, { onSuccess: () => setDialog(null) })}
        />
      )}
      {dialog === 'share' && <ShareDialog kind="report" document={data.id} onClose={() => setDialog(null)} />}
      {dialog === 'schedule' && <ScheduleDialog of={{ report: data.id }} title={data.title} onClose={() => setDialog(null)} />}
      {dialog === 'board' && <AddToDashboard stored={data} onClose={() => setDialog(null)} />}
      {isRefusal(change.error, 'version.conflict') && <Conflict saved={saved} onCopy={() => setDialog('copy')} />}
    </div>
  )
}

type BarMenuProps = { readonly saved: Saved; readonly refused: string | undefined; readonly onDialog: (dialog: Opened) => void }

function BarMenu({ saved, refused, onDialog }: BarMenuProps) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const remove = useDeleteReport()
  const { data, leave } = saved
  if (data === undefined) return null
  const copy = async () => {
    await navigator.clipboard.writeText(`${location.origin}/w/${ws}/reports/${encodeURIComponent(data.id)}`)
    toast(text('report.linkCopied'))
  }
  const removeHere = async () => {
    if (await remove(data)) await navigate({ to: '/w/$ws/reports', params: { ws } })
  }
  return (
    <Menu
      label={text('report.menu')}
      side="bottom-end"
      groups={[
        {
          items: [
            { key: 'link', label: text('report.copyLink'), icon: 'link', run: () => void copy() },
            { key: 'edit', label: text('report.edit'), icon: 'edit', refused, run: () => onDialog('words') },
            { key: 'copy', label: text('report.saveAsNew'), icon: 'copy', refused, run: () => onDialog('copy') },
            { key: 'close', label: text('report.close'), icon: 'close', run: leave },
          ],
        },
        { items: [{ key: 'delete', label: text('report.delete'), icon: 'trash', danger: true, refused, run: () => void removeHere() }] },
      ]}
    >
      {(target) => <IconButton {...target} size="s" icon="more" label={text('report.menu')} />}
    </Menu>
  )
}

/** Two people have changed the same report: nobody's work is written over unseen. */
function Conflict({ saved, onCopy }: { readonly saved: Saved; readonly onCopy: () => void }) {
  const text = useText()
  const client = useQueryClient()
  const { id: ws } = useWorkspace()
  const { data, change } = saved
  if (data === undefined) return null
  const load = async () => {
    await client.invalidateQueries({ queryKey: reportQuery(ws, data.id).queryKey })
    change.reset()
    await saved.open(data.id)
  }
  return (
    <Dialog
      title={text('report.conflict')}
      width={460}
      onClose={() => change.reset()}
      actions={
        <>
          <Button
            onClick={() => {
              change.reset()
              onCopy()
            }}
          >
            {text('report.saveAsNew')}
          </Button>
          <Button look="danger" onClick={() => void load()}>
            {text('report.loadTheirs')}
          </Button>
        </>
      }
    >
      <p>{text('report.conflictNote')}</p>
    </Dialog>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { createDashboard, type Dashboard, dashboardQuery, deleteDashboard, type Tile } from '../api/dashboard.ts'
import { queryClient } from '../api/query-client.ts'
import { canSaveReports } from '../api/session.ts'
import { useNames } from '../api/use-names.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { LabelNamesContext } from '../insight/use-label-text.ts'
import { withTile } from '../report/tiles.ts'
import { PeopleFilter } from '../report/people-filter.tsx'
import { SaveDialog } from '../report/save-dialog.tsx'
import { ScheduleDialog } from '../report/schedule-dialog.tsx'
import { ShareDialog } from '../report/share-dialog.tsx'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Menu } from '../ui/menu.tsx'
import { Page } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { AddDialog } from './add-dialog.tsx'
import { TileGrid } from './tile-grid.tsx'
import { type NarrowSearch, isOwnView, narrowOf } from './narrow-search.ts'
import style from './dashboard.module.css'
import { CardDialog } from './card-dialog.tsx'
import { NarrowBar } from './narrow-bar.tsx'
import { useDashboard } from './use-dashboard.ts'
import { oldestOf, useCards } from './use-cards.ts'

type Open = 'add' | 'text' | 'words' | 'share' | 'schedule' | 'delete' | Tile

/** A dashboard: its cards, what holds for all of them, and who else gets to see it. */
export function DashboardPage() {
  const { id: ws } = useWorkspace()
  const { dashboard: id } = useParams({ from: '/w/$ws/dashboards/$dashboard' })
  const { stored, edit } = useDashboard(ws, id)
  if (stored.error !== null && stored.data === undefined) return <Failed isPage error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) {
    return (
      <Page wide title="…">
        <Loading rows={8} />
      </Page>
    )
  }
  return <OpenDashboard key={id} id={id} dashboard={stored.data.dashboard} edit={edit} />
}

type OpenProps = { readonly id: string; readonly dashboard: Dashboard; readonly edit: (change: (dashboard: Dashboard) => Dashboard) => void }

function OpenDashboard({ id, dashboard, edit }: OpenProps) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const names = useNames()
  const search = useSearch({ from: '/w/$ws/dashboards/$dashboard' })
  const navigate = useNavigate({ from: '/w/$ws/dashboards/$dashboard' })
  const box = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<Open | null>(null)
  const { tiles = [] } = dashboard
  const narrow = narrowOf(dashboard, search)
  const cards = useCards(ws, tiles, narrow)
  const oldest = oldestOf(cards)
  const refused = canSaveReports(role) ? undefined : text('dashboard.cannotEdit')
  const close = () => setOpen(null)
  const look = (some: NarrowSearch) => void navigate({ search: (now) => ({ ...now, ...some }), replace: true, resetScroll: false })
  const reset = () => void navigate({ search: ({ range: _, filter: __, who: ___, ...now }) => now, replace: true, resetScroll: false })
  const keep = () => {
    edit(({ range: _, filter: __, people: ___, ...rest }) => ({ ...rest, ...narrow }))
    reset()
  }
  const changeTiles = (change: (tiles: readonly Tile[]) => readonly Tile[]) => edit((now) => ({ ...now, tiles: change(now.tiles ?? []) }))
  const add = (tile: Omit<Tile, 'id'>) => {
    edit((now) => withTile(now, tile))
    toast(text('dashboard.cardAdded'))
    requestAnimationFrame(() => box.current?.querySelector('ol > li:last-child')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }))
  }
  const nameOf = useMemo(
    () => (field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null),
    [names],
  )
  return (
    <div ref={box} className={style.board}>
      <LabelNamesContext value={nameOf}>
        <Page
          wide
          title={dashboard.title}
          note={dashboard.description === '' ? undefined : dashboard.description}
          actions={
            <>
              {oldest !== null && (
                <span className={style.quiet}>
                  {text('dashboard.age')} <Age time={oldest} />
                </span>
              )}
              <IconButton icon="refresh" label={text('dashboard.refresh')} aria-busy={cards.some((it) => it.isFetching)} onClick={() => cards.forEach((it) => it.refetch())} />
              <IconButton icon="expand" label={text('dashboard.fullScreen')} onClick={() => void toggleFullScreen(box.current)} />
              <Button icon="share" onClick={() => setOpen('share')}>
                {text('share.action')}
              </Button>
              <Button icon="mail" refused={refused} onClick={() => setOpen('schedule')}>
                {text('schedule.action')}
              </Button>
              <Button look="primary" icon="plus" refused={refused} onClick={() => setOpen('add')}>
                {text('dashboard.addCard')}
              </Button>
              <DashboardMenu dashboard={dashboard} refused={refused} onOpen={setOpen} />
            </>
          }
        >
          {(tiles.length > 0 || isOwnView(search)) && (
            <NarrowBar
              narrow={narrow}
              isOwn={isOwnView(search)}
              refused={refused}
              onRange={(range) => look({ range })}
              onFilter={(filter) => look({ filter })}
              onReset={reset}
              onKeep={keep}
            />
          )}
          {(tiles.length > 0 || isOwnView(search)) && <PeopleFilter rule={narrow.people ?? null} set={(who) => look({ who })} />}
          {tiles.length === 0 ? (
            <Empty
              title={text('dashboard.empty')}
              actions={
                <>
                  <Button look="primary" icon="plus" refused={refused} onClick={() => setOpen('add')}>
                    {text('dashboard.addCard')}
                  </Button>
                  <Button refused={refused} onClick={() => setOpen('text')}>
                    {text('dashboard.addText')}
                  </Button>
                </>
              }
            >
              {text('dashboard.emptyNote')}
            </Empty>
          ) : (
            <TileGrid cards={cards} narrow={narrow} change={refused === undefined ? changeTiles : null} onEdit={setOpen} />
          )}
        </Page>
      </LabelNamesContext>
      {open === 'add' && <AddDialog onAdd={add} onText={() => setOpen('text')} onClose={close} />}
      {open === 'text' && (
        <CardDialog
          heading={text('dashboard.addText')}
          tile={{ title: '', width: 12, height: 1, content: { text: '' } }}
          onSave={(words) => add({ width: 12, height: 1, ...words })}
          onClose={close}
        />
      )}
      {open !== null && typeof open === 'object' && (
        <CardDialog
          heading={text('dashboard.editCard')}
          tile={open}
          usualTitle={cards.find((it) => it.tile.id === open.id)?.saved?.title ?? ''}
          onSave={(words) => changeTiles((all) => all.map((it) => (it.id === open.id ? { ...it, ...words } : it)))}
          onClose={close}
        />
      )}
      {open === 'words' && (
        <SaveDialog
          heading={text('dashboard.rename')}
          title={dashboard.title}
          description={dashboard.description ?? ''}
          isBusy={false}
          onClose={close}
          onSave={(title, description) => {
            edit((now) => ({ ...now, title, description }))
            close()
          }}
        />
      )}
      {open === 'share' && <ShareDialog kind="dashboard" document={id} onClose={close} />}
      {open === 'schedule' && <ScheduleDialog of={{ dashboard: id }} title={dashboard.title} onClose={close} />}
      {open === 'delete' && <DeleteDashboard id={id} title={dashboard.title} onClose={close} />}
    </div>
  )
}

async function toggleFullScreen(box: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement === null) await box?.requestFullscreen()
  else await document.exitFullscreen()
}

type DashboardMenuProps = { readonly dashboard: Dashboard; readonly refused: string | undefined; readonly onOpen: (open: Open) => void }

function DashboardMenu({ dashboard, refused, onOpen }: DashboardMenuProps) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const copy = useMutation({
    mutationFn: () => createDashboard(ws, { ...dashboard, title: text('report.copyOf', { title: dashboard.title }).slice(0, 100) }),
    onSuccess: (made) => navigate({ to: '/w/$ws/dashboards/$dashboard', params: { ws, dashboard: made } }),
    onError: toastFailure,
  })
  return (
    <Menu
      label={text('dashboard.menu')}
      side="bottom-end"
      groups={[
        {
          items: [
            { key: 'words', label: text('dashboard.rename'), icon: 'edit', refused, run: () => onOpen('words') },
            { key: 'text', label: text('dashboard.addText'), icon: 'list', refused, run: () => onOpen('text') },
            { key: 'copy', label: text('report.duplicate'), icon: 'copy', refused, run: () => copy.mutate() },
          ],
        },
        { items: [{ key: 'delete', label: text('report.delete'), icon: 'trash', danger: true, refused, run: () => onOpen('delete') }] },
      ]}
    >
      {(target) => <IconButton {...target} icon="more" label={text('dashboard.menu')} />}
    </Menu>
  )
}

function DeleteDashboard({ id, title, onClose }: { readonly id: string; readonly title: string; readonly onClose: () => void }) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  // It is gone from here first, so that nothing on the page asks for it again.
  const remove = async () => {
    try {
      await navigate({ to: '/w/$ws/dashboards', params: { ws } })
      await deleteDashboard(ws, id)
      toast(text('report.deleted', { title }))
    } catch (error) {
      toastFailure(error)
      await queryClient.invalidateQueries({ queryKey: dashboardQuery(ws, id).queryKey })
    }
  }
  return <ConfirmDelete title={text('dashboard.deleteTitle', { title })} note={text('dashboard.deleteNote')} action={text('report.delete')} onConfirm={() => void remove()} onClose={onClose} />
}

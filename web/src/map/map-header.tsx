import { useNavigate } from '@tanstack/react-router'
import { useContext, useState } from 'react'
import { deleteMap } from '../api/map.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { ExportMenu } from '../report/export-menu.tsx'
import { IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Count } from '../ui/count.tsx'
import { Menu } from '../ui/menu.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { Segments } from '../ui/segments.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { useDrawing, useEditor, useEditorState } from './editor.ts'
import { downloadJson } from './export.ts'
import { MapPeopleContext } from './map-people.ts'
import style from './map.module.css'
import { selectWhole } from './select.ts'
import { matcherTitle } from './step-name.ts'
import { useMapSearch } from './use-map-search.ts'

/** The name of the map, what it is about, and how it is looked at. */
export function MapHeader({ id, isAsking }: { readonly id: string; readonly isAsking: boolean }) {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const editor = useEditor()
  const map = useDrawing()
  const numbers = useEditorState((state) => state.numbers)
  const canEdit = useEditorState((state) => state.canEdit)
  const source = useMatcherSource()
  const [{ view = 'grid', range, panel }, change] = useMapSearch()
  const [isRenaming, setRenaming] = useState(false)
  return (
    <header className={style.header}>
      <div className={style.words}>
        <h1>
          {canEdit ? (
            <button type="button" onClick={() => setRenaming(true)}>
              {map.title}
            </button>
          ) : (
            map.title
          )}
        </h1>
        <p className={style.facts}>
          <span>{text('map.goal', { goal: matcherTitle(map.goal, source.touchpoints, text, source.signals) })}</span>
          {numbers !== null && (
            <>
              <span>
                <Count value={numbers.base} people={{ of, select: selectWhole('base'), title: text('map.onMap') }} /> {text('map.people')}
              </span>
              <span>
                <Count value={numbers.goal} people={{ of, select: selectWhole('goal'), title: text('map.reachGoal') }} />{' '}
                {text('map.reachGoalShare', { share: format.share(numbers.base === 0 ? 0 : numbers.goal / numbers.base) })}
              </span>
              <span>
                <button type="button" aria-expanded={panel === 'coverage'} onClick={() => change({ panel: panel === 'coverage' ? undefined : 'coverage' })}>
                  {text('map.explains', { share: format.share(numbers.coverage.events_share) })}
                </button>
              </span>
              <span aria-live="off">
                {isAsking ? text('map.asking') : <Age time={numbers.taken} />}
              </span>
            </>
          )}
        </p>
      </div>
      <Segments
        label={text('map.view')}
        value={view}
        segments={[
          { value: 'grid', label: text('map.views.grid'), icon: 'grid' },
          { value: 'flow', label: text('map.views.flow'), icon: 'flow' },
          { value: 'outline', label: text('map.views.outline'), icon: 'list' },
          { value: 'changes', label: text('changes.view'), icon: 'compare' },
        ]}
        onChange={(next) => change({ view: next })}
      />
      <RangePicker range={range ?? map.range} onChange={(next) => change({ range: next })} />
      <ExportMenu
        title={map.title}
        answers={
          numbers === null
            ? []
            : [
                {
                  name: map.title,
                  of: { draft: range === undefined ? map : { ...map, range } },
                  facts: { range: numbers.range, zone: numbers.range.zone, n: numbers.base, asked: numbers.asked, filter: map.filter ?? null, people: null, accounts: null },
                },
              ]
        }
      />
      <MapMenu id={id} />
      {isRenaming && (
        <RenameDialog
          title={text('map.renameMap')}
          name={map.title}
          onRename={(title) => editor.act({ kind: 'edit', edit: { kind: 'rename_map', title } })}
          onClose={() => setRenaming(false)}
        />
      )}
    </header>
  )
}

function MapMenu({ id }: { readonly id: string }) {
  const text = useText()
  const editor = useEditor()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const map = useDrawing()
  const canEdit = useEditorState((state) => state.canEdit)
  const [{ range }, change] = useMapSearch()
  const [isDeleting, setDeleting] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    toast(text('map.linkCopied'))
  }
  const remove = async () => {
    try {
      await deleteMap(ws, id)
      toast(text('map.deleted', { title: map.title }))
      await navigate({ to: '/w/$ws/maps', params: { ws } })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <>
      <Menu
        label={text('map.menu')}
        side="bottom-end"
        groups={[
          {
            items: [
              { key: 'link', label: text('map.copyLink'), icon: 'link', run: () => void copy() },
              ...(range === undefined
                ? []
                : [
                    { key: 'own', label: text('map.ownRange'), icon: 'calendar' as const, run: () => change({ range: undefined }) },
                    {
                      key: 'keep',
                      label: text('map.keepRange'),
                      icon: 'calendar' as const,
                      refused: canEdit ? undefined : text('map.cannotEdit'),
                      run: () => {
                        editor.act({ kind: 'edit', edit: { kind: 'set_range', range } })
                        change({ range: undefined })
                      },
                    },
                  ]),
            ],
          },
          {
            label: text('map.export'),
            items: [
              { key: 'json', label: text('map.exportJson'), icon: 'download', run: () => downloadJson(map) },
            ],
          },
          {
            items: [
              {
                key: 'delete',
                label: text('map.delete'),
                icon: 'trash',
                danger: true,
                refused: canEdit ? undefined : text('map.cannotEdit'),
                run: () => setDeleting(true),
              },
            ],
          },
        ]}
      >
        {(target) => <IconButton {...target} icon="more" look="plain" label={text('map.menu')} />}
      </Menu>
      {isDeleting && (
        <ConfirmDelete
          title={text('map.deleteTitle', { title: map.title })}
          note={text('map.deleteNote')}
          action={text('map.delete')}
          onConfirm={() => void remove()}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  )
}

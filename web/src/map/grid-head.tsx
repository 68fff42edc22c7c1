import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type PointerEvent, useContext, useState } from 'react'
import type { Stage, Step } from '../api/map.ts'
import { quotesQuery } from '../api/research.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Count } from '../ui/count.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { useDrawing, useEditor, useEditorState } from './editor.ts'
import style from './grid.module.css'
import { MapPeopleContext } from './map-people.ts'
import { selectStage } from './select.ts'
import { StepDialog } from './step-dialog.tsx'
import { stepBy } from './use-step-drag.tsx'

/** The band over the steps of a stage. */
export function StageHead({ stage, index }: { readonly stage: Stage; readonly index: number }) {
  const text = useText()
  const of = useContext(MapPeopleContext)
  const editor = useEditor()
  const map = useDrawing()
  const canEdit = useEditorState((state) => state.canEdit)
  const people = useEditorState((state) => state.numbers?.stages.find((it) => it.stage === stage.id)?.people)
  const [asks, setAsks] = useState<'rename' | 'step' | 'stage' | null>(null)
  const span = Math.max(1, stage.steps.length)
  return (
    <div role="columnheader" aria-colspan={span} className={`${style.band} ${style.opens}`} style={{ gridColumn: `span ${span}` }}>
      <span>{stage.title}</span>
      {people !== undefined && (
        <small>
          <Count compact value={people} people={{ of, select: selectStage(stage.id), title: stage.title }} />
        </small>
      )}
      {canEdit && (
        <span className={style.tools}>
          <Menu
            label={text('map.stageMenu', { stage: stage.title })}
            groups={[
              {
                items: [
                  { key: 'rename', label: text('map.rename'), icon: 'edit', run: () => setAsks('rename') },
                  { key: 'step', label: text('map.addStepHere'), icon: 'plus', run: () => setAsks('step') },
                  { key: 'stage', label: text('map.addStageAfter'), icon: 'plus', run: () => setAsks('stage') },
                ],
              },
              {
                items: [
                  {
                    key: 'left',
                    label: text('map.moveLeft'),
                    icon: 'left',
                    refused: index === 0 ? text('map.isFirst') : undefined,
                    run: () => editor.act({ kind: 'edit', edit: { kind: 'move_stage', stage: stage.id, index: index - 1 } }),
                  },
                  {
                    key: 'right',
                    label: text('map.moveRight'),
                    icon: 'right',
                    refused: index === map.stages.length - 1 ? text('map.isLast') : undefined,
                    run: () => editor.act({ kind: 'edit', edit: { kind: 'move_stage', stage: stage.id, index: index + 1 } }),
                  },
                ],
              },
              {
                items: [
                  {
                    key: 'delete',
                    label: text('map.deleteStage'),
                    icon: 'trash',
                    danger: true,
                    refused: map.stages.length === 1 ? text('map.lastStage') : undefined,
                    run: () => editor.act({ kind: 'edit', edit: { kind: 'delete_stage', stage: stage.id } }),
                  },
                ],
              },
            ]}
          >
            {(target) => <IconButton {...target} size="s" icon="more" label={text('map.stageMenu', { stage: stage.title })} />}
          </Menu>
        </span>
      )}
      {asks === 'rename' && (
        <RenameDialog
          title={text('map.renameStage')}
          name={stage.title}
          onRename={(title) => editor.act({ kind: 'edit', edit: { kind: 'rename_stage', stage: stage.id, title } })}
          onClose={() => setAsks(null)}
        />
      )}
      {asks === 'stage' && (
        <RenameDialog
          title={text('map.addStage')}
          name=""
          onRename={(title) => editor.act({ kind: 'edit', edit: { kind: 'add_stage', index: index + 1, title } })}
          onClose={() => setAsks(null)}
        />
      )}
      {asks === 'step' && <StepDialog stage={stage.id} index={stage.steps.length} onClose={() => setAsks(null)} />}
    </div>
  )
}

type StepHeadProps = {
  readonly step: Step
  readonly column: number
  readonly opens: boolean
  readonly onGrip: (step: string, event: PointerEvent<HTMLElement>) => void
}

/** The name of a step. Pressing it tells more; its menu and its grip move it. */
export function StepHead({ step, column, opens, onGrip }: StepHeadProps) {
  const text = useText()
  const editor = useEditor()
  const navigate = useNavigate()
  const canEdit = useEditorState((state) => state.canEdit)
  const isHere = useEditorState((state) => state.at.row === 0 && state.at.column === column)
  return (
    <div
      role="columnheader"
      className={opens ? `${style.head} ${style.opens}` : style.head}
      tabIndex={isHere ? 0 : -1}
      data-row={0}
      data-column={column}
      onFocus={() => editor.act({ kind: 'go', at: { row: 0, column } })}
    >
      <button
        type="button"
        tabIndex={-1}
        className={style.title}
        title={step.title}
        onClick={() => void navigate({ to: '.', search: (now) => ({ ...now, step: step.id }), resetScroll: false })}
      >
        {step.title}
      </button>
      <SaidCount step={step.id} />
      {canEdit && (
        <span className={style.tools}>
          <IconButton
            size="s"
            icon="grip"
            tabIndex={-1}
            label={text('map.drag', { step: step.title })}
            className={style.grip}
            onPointerDown={(event) => onGrip(step.id, event)}
          />
          <StepMenu step={step} column={column} />
        </span>
      )}
    </div>
  )
}

/** How many quotes there are about a step. */
function SaidCount({ step }: { readonly step: string }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { map } = useParams({ from: '/w/$ws/maps/$map' })
  const { data } = useQuery(quotesQuery(ws, { map }))
  const said = data?.steps.find((it) => it.step === step)
  if (said === undefined) return null
  const label = text('research.quotesCount', { count: said.quotes, shown: format.count(said.quotes) })
  return (
    <small className={style.said} title={label}>
      <Icon name="quote" size={11} />
      <span className="visually-hidden">{label}</span>
      <span aria-hidden="true">{format.count(said.quotes)}</span>
    </small>
  )
}

function StepMenu({ step, column }: { readonly step: Step; readonly column: number }) {
  const text = useText()
  const editor = useEditor()
  const map = useDrawing()
  const [asks, setAsks] = useState<'rename' | 'after' | null>(null)
  const stage = map.stages.find((it) => it.steps.includes(step)) ?? map.stages[0]
  const moves = ([-1, 1] as const).map((by) => ({ by, edit: stepBy(map, step.id, by) }))
  const label = text('map.stepMenu', { step: step.title })
  return (
    <>
      <Menu
        label={label}
        side="bottom-end"
        groups={[
          {
            items: [
              { key: 'rename', label: text('map.rename'), icon: 'edit', run: () => setAsks('rename') },
              { key: 'after', label: text('map.addStepAfter'), icon: 'plus', run: () => setAsks('after') },
            ],
          },
          {
            label: text('map.move'),
            items: [
              ...moves.map(({ by, edit }) => ({
                key: String(by),
                label: by === -1 ? text('map.moveLeft') : text('map.moveRight'),
                icon: by === -1 ? ('left' as const) : ('right' as const),
                refused: edit === null ? (by === -1 ? text('map.isFirst') : text('map.isLast')) : undefined,
                run: () => {
                  if (edit !== null) editor.act({ kind: 'edit', edit })
                },
              })),
              ...map.stages
                .filter((it) => it !== stage)
                .map((it) => ({
                  key: it.id,
                  label: text('map.moveToStage', { stage: it.title }),
                  icon: 'map' as const,
                  run: () => editor.act({ kind: 'edit', edit: { kind: 'move_step', step: step.id, stage: it.id, index: it.steps.length } }),
                })),
            ],
          },
          {
            items: [
              {
                key: 'delete',
                label: text('map.deleteStep'),
                icon: 'trash',
                danger: true,
                run: () => editor.act({ kind: 'edit', edit: { kind: 'delete_step', step: step.id } }),
              },
            ],
          },
        ]}
      >
        {(target) => <IconButton {...target} size="s" icon="more" tabIndex={-1} label={label} />}
      </Menu>
      {asks === 'rename' && (
        <RenameDialog
          title={text('map.renameStep')}
          name={step.title}
          onRename={(title) => editor.act({ kind: 'edit', edit: { kind: 'rename_step', step: step.id, title } })}
          onClose={() => setAsks(null)}
        />
      )}
      {asks === 'after' && stage !== undefined && (
        <StepDialog stage={stage.id} index={stage.steps.indexOf(step) + 1} key={column} onClose={() => setAsks(null)} />
      )}
    </>
  )
}

/** The place of a stage that has no step yet. */
export function EmptyHead({ stage, column }: { readonly stage: Stage; readonly column: number }) {
  const text = useText()
  const canEdit = useEditorState((state) => state.canEdit)
  const [isAdding, setAdding] = useState(false)
  return (
    <div role="columnheader" className={`${style.head} ${style.opens}`} tabIndex={-1} data-row={0} data-column={column}>
      {canEdit ? (
        <Button size="s" icon="plus" tabIndex={-1} onClick={() => setAdding(true)}>
          {text('map.addStep')}
        </Button>
      ) : (
        <span className={style.none}>{text('map.noSteps')}</span>
      )}
      {isAdding && <StepDialog stage={stage.id} index={0} onClose={() => setAdding(false)} />}
    </div>
  )
}

import '@xyflow/react/dist/base.css'
import { useComputedColorScheme } from '@mantine/core'
import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  ViewportPortal,
} from '@xyflow/react'
import { useContext, useMemo, useRef, useState } from 'react'
import type { StepNumbers } from '../api/map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from '../ui/button.tsx'
import { ChannelMix } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { SelectField } from '../ui/field.tsx'
import { stepsOf } from './edit.ts'
import { useDrawing, useEditorState } from './editor.ts'
import { drawnWays, type FlowEdge, type FlowStage, layFlow, NODE, STAGE_RISE } from './flow.ts'
import style from './flow.module.css'
import { heatLevel, heatValue } from './heat.ts'
import { MapPeopleContext } from './map-people.ts'
import { selectStep } from './select.ts'
import { useMapSearch } from './use-map-search.ts'

type StepNode = Node<{ readonly title: string; readonly numbers: StepNumbers | undefined; readonly isFaded: boolean }, 'step'>
type StageNode = Node<{ readonly title: string }, 'stage'>
type WayEdge = Edge<{ readonly edge: FlowEdge; readonly isNear: boolean; readonly isFaded: boolean; readonly hasLabel: boolean; readonly title: string }, 'way'>

/** From this share on a way shows its number also when nothing points at it. */
const LABEL_SHARE = 0.15

const nodeTypes = { step: StepBox, stage: StageName }
const edgeTypes = { way: WayLine }
/** From which share on ways can be drawn, besides the main ones. */
const leastShares = [0.2, 0.1, 0.05, 0.02, 0] as const
/** With more ways than this their numbers are told only for the step that is looked at. */
const LABELED_WAYS_MAX = 26

/** The map as a flow: steps in columns of stages, ways as wide as their people, returns and loops apart. */
export function FlowView() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  )
}

function Flow() {
  const text = useText()
  const map = useDrawing()
  const numbers = useEditorState((state) => state.numbers)
  const own = useEditorState((state) => state.steps)
  const scheme = useComputedColorScheme('light')
  const [{ least }] = useMapSearch()
  const [near, setNear] = useState<string | null>(null)
  const box = useRef<HTMLDivElement>(null)
  const ways = numbers?.transitions
  const flow = useMemo(() => layFlow(map, drawnWays(ways ?? [], least, near)), [map, ways, least, near])
  const titles = useMemo(() => Object.fromEntries(stepsOf(map).map((it) => [it.id, it.title])), [map])
  const touches = (edge: FlowEdge) => edge.way.from === near || edge.way.to === near
  const neighbors = new Set(flow.edges.filter(touches).flatMap((it) => [it.way.from, it.way.to]))
  const stages = flow.stages.map(
    ({ stage, title, x, width }): StageNode => ({
      id: `stage ${stage}`,
      type: 'stage',
      position: { x, y: -STAGE_RISE },
      width,
      height: 52,
      data: { title },
    }),
  )
  const steps = flow.nodes.map(
    ({ step, x, y }): StepNode => ({
      id: step,
      type: 'step',
      position: { x, y },
      width: NODE.width,
      height: NODE.height,
      data: { title: titles[step] ?? step, numbers: own[step], isFaded: near !== null && near !== step && !neighbors.has(step) },
    }),
  )
  const edges = flow.edges.map(
    (edge): WayEdge => ({
      id: `${edge.way.from} ${edge.way.to}`,
      type: 'way',
      source: edge.way.from,
      target: edge.way.to,
      data: {
        edge,
        isNear: touches(edge),
        isFaded: near !== null && !touches(edge),
        hasLabel: touches(edge) || (near === null && flow.edges.length <= LABELED_WAYS_MAX && edge.way.share >= LABEL_SHARE),
        title: text('map.way', { from: titles[edge.way.from] ?? edge.way.from, to: titles[edge.way.to] ?? edge.way.to }),
      },
    }),
  )
  return (
    <div
      ref={box}
      className={style.flow}
      onPointerOver={(event) => setNear(nearStep(event.target))}
      onPointerLeave={() => setNear(null)}
      onFocus={(event) => setNear(nearStep(event.target))}
      onBlur={() => setNear(null)}
    >
      <Arrows />
      <ReactFlow
        nodes={[...stages, ...steps]}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1.1 }}
        minZoom={0.2}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        panOnScroll
        proOptions={{ hideAttribution: true }}
        aria-label={map.title}
        onViewportChange={({ zoom }) => box.current?.style.setProperty('--zoom', String(zoom))}
        onInit={(flow) => box.current?.style.setProperty('--zoom', String(flow.getZoom()))}
      >
        <ViewportPortal>
          <StageLine stages={flow.stages} />
        </ViewportPortal>
        <Panel position="bottom-left">
          <Tools />
        </Panel>
      </ReactFlow>
    </div>
  )
}

function nearStep(target: EventTarget): string | null {
  if (!(target instanceof Element)) return null
  return target.closest('[data-step]')?.getAttribute('data-step') ?? null
}

/** The heads of ways, one of each look. */
function Arrows() {
  return (
    <svg width="0" height="0" aria-hidden="true" focusable="false" style={{ position: 'absolute' }}>
      <defs>
        {(['forward', 'return', 'loop'] as const).map((look) => (
          <marker key={look} id={`way-${look}`} markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" refX="3" refY="6" orient="auto">
            <path d="M2 1.5 10 6 2 10.5z" className={style.head} data-look={look} />
          </marker>
        ))}
      </defs>
    </svg>
  )
}

/** The line of stages above the flow. */
function StageLine({ stages }: { readonly stages: readonly FlowStage[] }) {
  const last = stages.at(-1)
  if (last === undefined) return null
  const width = last.x + last.width
  return (
    <svg className={style.stages} width={width} height="20" viewBox={`0 0 ${width} 20`} aria-hidden="true" focusable="false">
      <line x1="2" x2={width - 2} y1="10" y2="10" stroke="var(--accent-line)" strokeWidth="4" strokeLinecap="round" />
      {stages.map(({ stage, x, width: wide }) => (
        <circle key={stage} cx={x + wide / 2} cy="10" r="7" fill="var(--paper)" stroke="var(--accent-line)" strokeWidth="4" />
      ))}
    </svg>
  )
}

/** The name of a stage over its column. */
function StageName({ data: { title } }: NodeProps<StageNode>) {
  return <div className={style.stage}>{title}</div>
}

/** Zoomed out farther than this, the parts of a box are too small to be hit one by one. */
const ZOOM_FOR_PARTS = 0.85

function StepBox({ id, data: { title, numbers, isFaded } }: NodeProps<StepNode>) {
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const [, change] = useMapSearch()
  const isFar = useStore((state) => state.transform[2] < ZOOM_FOR_PARTS)
  const level = useEditorState((state) => (numbers === undefined ? 0 : heatLevel(heatValue(numbers, state.heat), state.heatBounds)))
  const open = () => change({ step: id })
  return (
    <div
      className={style.step}
      data-far={isFar || undefined}
      data-step={id}
      data-faded={isFaded || undefined}
      style={level === 0 || isFaded ? undefined : { background: `var(--heat-${level})`, color: 'var(--on-heat)' }}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button type="button" className={isFar ? `${style.title} ${style.whole}` : style.title} title={title} onClick={open}>
        {title}
      </button>
      {numbers !== undefined && isFar && <span className={style.numbers}>{format.share(numbers.share)}</span>}
      {numbers !== undefined && !isFar && (
        <>
          <span className={style.numbers}>
            <Count value={numbers.people} people={{ of, select: selectStep(id, 'people'), title }} />
            <span>{format.share(numbers.share)}</span>
          </span>
          <ChannelMix shares={numbers.channels} />
        </>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

/** One way. Its people are listed in the panel of its step, where they can be reached without aiming. */
function WayLine({ data }: EdgeProps<WayEdge>) {
  const format = useFormat()
  if (data === undefined) return null
  const { edge, isNear, isFaded, hasLabel, title } = data
  const { way, path, width, look, label } = edge
  return (
    <>
      <BaseEdge
        path={path}
        className={style.way}
        data-look={look}
        data-faded={isFaded || undefined}
        data-near={isNear || undefined}
        style={{ strokeWidth: width }}
        {...(isFaded ? {} : { markerEnd: `url(#way-${look})` })}
        interactionWidth={0}
      />
      {hasLabel && (
        <EdgeLabelRenderer>
          <div
            className={style.label}
            data-look={look}
            data-tip={`${title}\n${format.count(way.people)}`}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {format.share(way.share)}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
}

function Tools() {
  const text = useText()
  const format = useFormat()
  const flow = useReactFlow()
  const [{ least }, change] = useMapSearch()
  return (
    <div className={style.tools}>
      <IconButton icon="plus" size="s" label={text('map.flow.closer')} onClick={() => void flow.zoomIn({ duration: 160 })} />
      <IconButton icon="minus" size="s" label={text('map.flow.farther')} onClick={() => void flow.zoomOut({ duration: 160 })} />
      <IconButton icon="fit" size="s" label={text('map.flow.fit')} onClick={() => void flow.fitView({ padding: 0.08, duration: 200 })} />
      <SelectField
        size="s"
        label={text('map.flow.least')}
        labelHidden
        value={least === undefined ? 'main' : String(leastShares.find((it) => it <= least) ?? 0)}
        choices={[
          { value: 'main', label: text('map.flow.main') },
          ...leastShares.map((it) => ({ value: String(it), label: it === 0 ? text('map.flow.every') : text('map.flow.from', { share: format.share(it) }) })),
        ]}
        onChange={(share) => change({ least: share === 'main' ? undefined : Number(share) })}
      />
      <span className={style.key} data-look="forward">
        {text('map.flow.forward')}
      </span>
      <span className={style.key} data-look="return">
        {text('map.flow.return')}
      </span>
      <span className={style.key} data-look="loop">
        {text('map.flow.loop')}
      </span>
    </div>
  )
}

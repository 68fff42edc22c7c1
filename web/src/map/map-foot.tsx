import type { Channel } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ChannelLegend } from '../ui/channel.tsx'
import { Menu } from '../ui/menu.tsx'
import { Segments } from '../ui/segments.tsx'
import { lanesOf, measuredLanes, writtenLanes } from './edit.ts'
import { useDrawing, useEditor, useEditorState } from './editor.ts'
import { HEAT_LEVELS, heats } from './heat.ts'
import style from './map.module.css'
import { useMapSearch } from './use-map-search.ts'

/** What the colors mean, and which lanes are drawn. */
export function MapFoot() {
  const text = useText()
  const [{ heat = 'none', view = 'grid' }, change] = useMapSearch()
  return (
    <footer className={style.foot}>
      <Segments
        label={text('map.heat')}
        value={heat}
        segments={heats.map((it) => ({ value: it, label: text(`map.heats.${it}`) }))}
        onChange={(next) => change({ heat: next })}
      />
      <HeatLegend />
      <MixLegend />
      {view === 'grid' ? <LaneMenu /> : <span />}
    </footer>
  )
}

function HeatLegend() {
  const text = useText()
  const format = useFormat()
  const heat = useEditorState((state) => state.heat)
  const bounds = useEditorState((state) => state.heatBounds)
  const most = bounds.at(-1)
  if (heat === 'none' || most === undefined) return null
  const show = heat === 'time' ? format.span : format.share
  return (
    <span className={style.legend}>
      <span>{heat === 'time' ? text('map.short') : show(0)}</span>
      <span className={style.scale} aria-hidden="true">
        {Array.from({ length: HEAT_LEVELS }, (_, index) => (
          <span key={index} style={{ background: `var(--heat-${index + 1})` }} data-tip={show(bounds[index] ?? 0)} />
        ))}
      </span>
      <span>{show(most)}</span>
    </span>
  )
}

/** Channels that occur often enough to be looked up. */
const LEGEND_CHANNELS_MAX = 8

function MixLegend() {
  const numbers = useEditorState((state) => state.numbers)
  if (numbers === null) return null
  const sums: Partial<Record<Channel, number>> = {}
  for (const step of numbers.steps) {
    for (const { channel, people } of step.channels) sums[channel] = (sums[channel] ?? 0) + people
  }
  const channels = numbers.steps.flatMap((step) => step.channels.map((it) => it.channel))
  const frequent = [...new Set(channels)].sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0)).slice(0, LEGEND_CHANNELS_MAX)
  return <ChannelLegend channels={frequent} />
}

function LaneMenu() {
  const text = useText()
  const editor = useEditor()
  const map = useDrawing()
  const canEdit = useEditorState((state) => state.canEdit)
  const drawn = lanesOf(map)
  const groupOf = (kinds: readonly (typeof measuredLanes[number] | typeof writtenLanes[number])[]) =>
    kinds.map((kind) => {
      const lane = drawn.find((it) => it.kind === kind)
      const isFull = Object.keys(lane?.cells ?? {}).length > 0
      return {
        key: kind,
        label: text(`map.lanes.${kind}`),
        chosen: lane !== undefined,
        refused: !canEdit ? text('map.cannotEdit') : isFull ? text('map.laneIsFull') : undefined,
        run: () => editor.act({ kind: 'edit', edit: { kind: lane === undefined ? 'show_lane' : 'hide_lane', lane: kind } }),
      }
    })
  return (
    <Menu
      label={text('map.chooseLanes')}
      side="bottom-end"
      groups={[
        { label: text('map.measured'), items: groupOf(measuredLanes) },
        { label: text('map.written'), items: groupOf(writtenLanes) },
      ]}
    >
      {(target) => (
        <Button {...target} look="quiet" icon="list">
          {text('map.chooseLanes')}
        </Button>
      )}
    </Menu>
  )
}

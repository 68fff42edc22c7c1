import type { Heatmap, HeatReply } from '../api/heatmap.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Segments } from '../ui/segments.tsx'
import { type HeatMeasure, measuresFor } from './heatmap.ts'
import { HeatmapGrid } from './heatmap-grid.tsx'
import style from './heatmap.module.css'

type AnswerProps = { readonly heatmap: Heatmap; readonly reply: HeatReply; readonly measure: HeatMeasure; readonly choose: (measure: HeatMeasure) => void }

/** The table by one of its measures, whom it is about, and what has no place in it. */
export function HeatmapAnswerView({ heatmap, reply, measure, choose }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  const zones = numbers.zones.filter((it) => !it.is_fallback)
  const fallback = numbers.zones.find((it) => it.is_fallback)
  return (
    <>
      <div className={style.measures}>
        <Segments
          label={text('heatmap.shows')}
          value={measure}
          segments={measuresFor(heatmap).map((value) => ({ value, label: text(`heatmap.measure.${value}`) }))}
          onChange={choose}
        />
        <span className={style.hint}>
          {text('heatmap.people')}{' '}
          <Count value={reply.n} people={{ of: { report: { kind: 'heatmap', ...heatmap } }, select: { kind: 'heatmap', part: 'met' }, title: text('heatmap.people'), asked: reply.asked }} />
        </span>
      </div>
      <HeatmapGrid heatmap={heatmap} reply={reply} measure={measure} />
      <p className={style.hint}>{text(`heatmap.about.${measure}`)}</p>
      {numbers.unplaced > 0 && <p className={style.hint}>{text('heatmap.unplaced', { count: numbers.unplaced, shown: format.count(numbers.unplaced) })}</p>}
      {left_out.capped > 0 && <p className={style.hint}>{text('heatmap.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}</p>}
      {heatmap.clock === 'own' && numbers.zones.length > 0 && (
        <p className={style.hint}>
          {text('heatmap.zones', { count: zones.length, shown: format.count(zones.length) })}
          {fallback !== undefined && ` ${text('heatmap.fallback', { count: fallback.events, shown: format.count(fallback.events), zone: fallback.zone })}`}
        </p>
      )}
    </>
  )
}

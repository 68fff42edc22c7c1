import type { Lane, LaneKind, Map, Stage, Step } from '../api/map.ts'
import { never } from '../lib/never.ts'

/** One row of the drawn grid. A measured lane may be drawn as several. */
export type Row = {
  readonly key: RowKey
  readonly lane: LaneKind
}

export type RowKey = 'people' | 'reach' | 'leave' | 'exits' | 'returns' | 'channels' | WrittenKey
export type WrittenKey = Exclude<LaneKind, 'people' | 'time' | 'exits' | 'channels'>

/** The rows of lanes, in their order. */
export function rowsOf(lanes: readonly Lane[]): readonly Row[] {
  return lanes.flatMap(({ kind }): readonly Row[] => {
    switch (kind) {
      case 'people':
      case 'channels':
        return [{ key: kind, lane: kind }]
      case 'time':
        return [
          { key: 'reach', lane: kind },
          { key: 'leave', lane: kind },
        ]
      case 'exits':
        return [
          { key: 'exits', lane: kind },
          { key: 'returns', lane: kind },
        ]
      case 'doing':
      case 'thinking':
      case 'feeling':
      case 'pain':
      case 'opportunity':
      case 'backstage':
        return [{ key: kind, lane: kind }]
      default:
        return never(kind)
    }
  })
}

/** One column of the drawn grid: a step, or the empty place of a stage that has none. */
export type Column = {
  readonly key: string
  readonly step: Step | null
  readonly stage: Stage
  /** Whether the stage begins here. */
  readonly opens: boolean
}

export function columnsOf(map: Map): readonly Column[] {
  return map.stages.flatMap((stage): readonly Column[] =>
    stage.steps.length === 0
      ? [{ key: `stage ${stage.id}`, step: null, stage, opens: true }]
      : stage.steps.map((step, index) => ({ key: step.id, step, stage, opens: index === 0 })),
  )
}

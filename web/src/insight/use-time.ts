import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { stageTimeQuery } from '../api/stage-time.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { changeTime, lackOfTime, stageTimeOf, type TimeAsk, type TimeChange, type TimeLack } from './time.ts'

/** The question of the URL, its answer, and the stage that is looked at. */
export function useTime() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask: asked, stage } = useSearch({ from: '/w/$ws/time' })
  const navigate = useNavigate({ from: '/w/$ws/time' })
  const vocabulary = useQuery(vocabularyQuery(workspace.id))
  const ask: TimeAsk = asked ?? { range: { last: '30d', zone: workspace.zone } }
  const stages = vocabulary.data?.vocabulary.stages ?? []
  const lack: TimeLack | 'vocabulary' | null = ask.own === undefined && vocabulary.isPending ? 'vocabulary' : lackOfTime(ask, stages.length)
  const reply = useQuery(stageTimeQuery(workspace.id, lack === null ? stageTimeOf(ask) : null, asOf))
  const change = (some: TimeChange) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: changeTime(ask, some) }), replace: true, resetScroll: false })
  const look = (id: string) => void navigate({ search: (now) => ({ ...now, stage: id }), replace: true, resetScroll: false })
  return { ask, lack, stage, reply, change, look }
}

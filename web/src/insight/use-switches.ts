import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type AtStage, type Switches, switchesQuery } from '../api/channels.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { stageKey } from './board.ts'
import { type Measure, type Pair, stagesOf, writePair } from './switches.ts'
import { pairOf, type SwitchesSearch } from './switches-search.ts'

/** The report of the URL, its answer, and what of it is looked at. */
export function useSwitches() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask, at, show = 'difference', pair } = useSearch({ from: '/w/$ws/switches' })
  const navigate = useNavigate({ from: '/w/$ws/switches' })
  const switches: Switches = ask ?? { range: { last: '90d', zone: workspace.zone } }
  const reply = useQuery(switchesQuery(workspace.id, switches, asOf))
  const stages = reply.data === undefined ? [] : stagesOf(reply.data.numbers)
  const stage: AtStage = stages.find((it) => stageKey(it) === at) ?? 'any'
  const go = (change: (before: SwitchesSearch) => SwitchesSearch) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ...change(before) }), replace: true })
  return {
    switches,
    reply,
    look: { stages, stage, show, pair: pairOf(pair) },
    search: { ask: switches, ...(at === undefined ? {} : { at }), ...(show === 'difference' ? {} : { show }), ...(pair === undefined ? {} : { pair }) },
    edit: (change: Partial<Switches>) => go(() => ({ ask: { ...switches, ...change } })),
    setStage: (next: AtStage) => go(() => ({ at: stageKey(next) })),
    setShow: (next: Measure) => go(() => ({ show: next })),
    choose: (next: AtStage, chosen: Pair) => go(() => ({ at: stageKey(next), pair: writePair(chosen) })),
  }
}

export type Look = ReturnType<typeof useSwitches>['look']

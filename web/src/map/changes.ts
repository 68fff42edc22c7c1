import type { LaneKind, Map, MapNumbers, StepNumbers } from '../api/map.ts'
import type { Channel } from '../api/model.ts'

/** What a stage is like, and how that differs from the stage before it. */
export type StageChange = {
  readonly id: string
  readonly title: string
  readonly people: number
  /** Of all people on the map; the change is in the same, none at the first stage. */
  readonly share: Moved
  /** How long after the beginning half of those who got here had, at its first step that has one. */
  readonly reachMs: Moved
  /** Of its people, whose last step was in it; people have one last step, so steps add up. */
  readonly exits: Moved
  /** Of its events; the most frequent first. */
  readonly channels: readonly { readonly channel: Channel; readonly share: number; readonly by: number | null }[]
  /** What is written at its steps, by lane. */
  readonly written: Readonly<Partial<Record<LaneKind, readonly { readonly step: string; readonly words: string }[]>>>
}

/** A value, and by how much it is more than at the stage before; none where one of the two is not known. */
export type Moved = { readonly value: number | null; readonly by: number | null }

/** Lanes that are written and not measured. */
export const writtenLanes = ['doing', 'thinking', 'feeling', 'pain', 'opportunity', 'backstage'] as const satisfies readonly LaneKind[]

/** Every stage beside the one before it. */
export function stageChanges(map: Map, numbers: MapNumbers): readonly StageChange[] {
  const plain = map.stages.map((stage) => {
    const steps = stage.steps.flatMap((step) => numbers.steps.find((it) => it.step === step.id) ?? [])
    const told = numbers.stages.find((it) => it.stage === stage.id)
    const people = told?.people ?? 0
    const exits = steps.reduce((sum, it) => sum + it.exits, 0)
    const first = steps.find((it) => it.reach != null)
    return {
      stage,
      people,
      share: numbers.base === 0 ? null : (told?.share ?? null),
      reachMs: first?.reach?.median_ms ?? null,
      exits: people === 0 ? null : exits / people,
      channels: channelShares(steps),
    }
  })
  return plain.map((it, index) => {
    const before = plain[index - 1]
    const moved = (value: number | null, last: number | null | undefined): Moved => ({ value, by: value === null || last == null ? null : value - last })
    const shareBefore = (channel: Channel) => before?.channels.find((other) => other.channel === channel)?.share ?? 0
    const isKnown = before !== undefined && before.channels.length > 0
    return {
      id: it.stage.id,
      title: it.stage.title,
      people: it.people,
      share: moved(it.share, before?.share),
      reachMs: moved(it.reachMs, before?.reachMs),
      exits: moved(it.exits, before?.exits),
      channels: it.channels.map((own) => ({ ...own, by: isKnown ? own.share - shareBefore(own.channel) : null })),
      written: writtenAt(map, it.stage.id),
    }
  })
}

/** Channels of the events of several steps, as shares of all of them. */
function channelShares(steps: readonly StepNumbers[]): readonly { readonly channel: Channel; readonly share: number }[] {
  const sums = new globalThis.Map<Channel, number>()
  for (const { channel, events } of steps.flatMap((it) => it.channels)) sums.set(channel, (sums.get(channel) ?? 0) + events)
  const all = [...sums.values()].reduce((sum, it) => sum + it, 0)
  return [...sums].map(([channel, events]) => ({ channel, share: events / all })).toSorted((a, b) => b.share - a.share || a.channel.localeCompare(b.channel))
}

function writtenAt(map: Map, id: string): StageChange['written'] {
  const steps = map.stages.find((it) => it.id === id)?.steps ?? []
  const lanes = (map.lanes ?? []).map(({ kind, cells = {} }) => {
    const words = steps.flatMap((step) => {
      const written = cells[step.id]?.trim() ?? ''
      return written === '' ? [] : [{ step: step.title, words: written }]
    })
    return [kind, words] as const
  })
  return Object.fromEntries(lanes.filter(([, words]) => words.length > 0))
}

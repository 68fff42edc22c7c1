import type { MapNumbers, StepNumbers, TransitionNumbers } from '../api/map.ts'

/** Numbers of a step for tests; what is not given is nothing. */
export function stepNumbers(step: string, more: Partial<StepNumbers> = {}): StepNumbers {
  return {
    step,
    people: 0,
    share: 0,
    from_previous: 0,
    from_previous_share: 0,
    goal: 0,
    goal_share: 0,
    returns: 0,
    return_share: 0,
    exits: 0,
    exit_share: 0,
    open: 0,
    finished: 0,
    entries: 0,
    events: 0,
    visits: { all: 0, first: 0, onward: 0, exited: 0, open: 0, finished: 0 },
    reach: null,
    leave: null,
    channels: [],
    ...more,
  }
}

/** A transition for tests. */
export function transition(from: string, to: string, more: Partial<TransitionNumbers> = {}): TransitionNumbers {
  return { from, to, kind: 'forward', visits: 10, share: 0.1, direct: 10, people: 10, median_ms: 1, p90_ms: 2, ...more }
}

/** Numbers of a map for tests. */
export function mapNumbers(steps: readonly StepNumbers[]): MapNumbers {
  return {
    range: { from: '', to: '', zone: 'UTC' },
    asked: '',
    taken: '',
    links: 0,
    profiles: 0,
    events: 0,
    base: 0,
    experiences: 0,
    goal: 0,
    stages: [],
    steps,
    transitions: [],
    coverage: { events_on_map: 0, events_share: 1, people_whole: 0, paths_share: 1, unexplained: [], unexplained_rest: 0 },
  }
}

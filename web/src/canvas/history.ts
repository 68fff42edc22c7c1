/** A value with the way back and forth through its earlier states. */
export type History<State> = {
  readonly past: readonly State[]
  readonly present: State
  readonly future: readonly State[]
}

/** Older states than this are forgotten. */
const PAST_STATES_MAX = 200

export function startHistory<State>(present: State): History<State> {
  return { past: [], present, future: [] }
}

/** Takes the next state. What was undone before is gone; a state that changes nothing leaves no trace. */
export function commit<State>(history: History<State>, next: State): History<State> {
  if (Object.is(next, history.present)) return history
  return { past: [...history.past, history.present].slice(-PAST_STATES_MAX), present: next, future: [] }
}

export function undo<State>(history: History<State>): History<State> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future] }
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present], present: next, future }
}

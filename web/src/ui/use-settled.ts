import { useDebouncedValue } from '@mantine/hooks'

/** Long enough for another letter, short enough not to be waited for. */
const PAUSE_MS = 350

/** The value once it has rested, so that the server is not asked for every letter. */
export function useSettled<Value>(value: Value): Value {
  return useDebouncedValue(value, PAUSE_MS)[0]
}

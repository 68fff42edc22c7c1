import { createContext, useContext } from 'react'
import { useSelected } from '../lib/store.ts'
import type { Pulse, Stream } from './stream.ts'

/** The stream of the open workspace. The shell opens and closes it. */
export const StreamContext = createContext<Stream | null>(null)

export function useStream(): Stream {
  const stream = useContext(StreamContext)
  if (stream === null) throw new Error('the page is not inside a workspace')
  return stream
}

/** Watches part of what the stream last said. */
export function usePulse<Part>(select: (pulse: Pulse) => Part): Part {
  return useSelected(useStream().pulse, select)
}

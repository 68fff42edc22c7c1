import { useQuery } from '@tanstack/react-query'
import { useEffect, useReducer } from 'react'
import { type LiveEvent, liveQuery } from '../api/live.ts'
import { useStream } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { reduceLive, startLive } from './live.ts'

/** Events that come together are drawn together, so that a busy shop does not shake the page. */
const GATHER_MS = 250

/** What arrives, as it arrives. */
export function useLive() {
  const { id: ws } = useWorkspace()
  const stream = useStream()
  const first = useQuery(liveQuery(ws))
  const [state, act] = useReducer(reduceLive, startLive)
  useEffect(() => {
    if (first.data !== undefined) act({ kind: 'loaded', events: first.data.events })
  }, [first.data])
  useEffect(() => {
    let gathered: LiveEvent[] = []
    const timer = setInterval(() => {
      if (gathered.length === 0) return
      act({ kind: 'came', events: gathered })
      gathered = []
    }, GATHER_MS)
    const unsubscribe = stream.onLive((event) => gathered.unshift(event))
    return () => {
      clearInterval(timer)
      unsubscribe()
    }
  }, [stream])
  return { state, act, first }
}

import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { nowQuery } from '../api/now.ts'
import { useStream } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'

/** No sooner than this after the last answer is asked again, as the server counts no sooner either. */
const AGAIN_MS = 2_000
/** Without any event the half hour still moves on. */
const MOVE_MS = 15_000

/** The last half hour, asked again when the stream tells that something came in; not while paused or out of sight. */
export function useNow(isPaused: boolean) {
  const { id: ws } = useWorkspace()
  const stream = useStream()
  const now = useQuery({ ...nowQuery(ws), enabled: !isPaused, refetchInterval: isPaused ? false : MOVE_MS })
  const { refetch } = now
  useEffect(() => {
    if (isPaused) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const unsubscribe = stream.pulse.subscribe(() => {
      if (document.visibilityState === 'hidden') return
      timer ??= setTimeout(() => {
        timer = undefined
        void refetch()
      }, AGAIN_MS)
    })
    return () => {
      unsubscribe()
      clearTimeout(timer)
    }
  }, [stream, isPaused, refetch])
  return now
}

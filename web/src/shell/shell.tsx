import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { openStream, type Stream } from '../api/stream.ts'
import { StreamContext } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { ZoneContext } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useShortcut } from '../ui/use-shortcut.ts'
import { Navigation } from './navigation.tsx'
import { People } from './people.tsx'
import style from './shell.module.css'
import { TopBar } from './top-bar.tsx'

const Palette = lazy(() => import('./palette.tsx').then((it) => ({ default: it.Palette })))

/** What stays while pages change: the line of pages, the top bar, the palette and the stream. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const text = useText()
  const workspace = useWorkspace()
  const stream = useWorkspaceStream(workspace.id)
  const [isFinding, setFinding] = useState(false)
  const [isNavigating, setNavigating] = useState(false)
  const main = useFocusAfterNavigation()
  useShortcut('mod+k', useCallback(() => setFinding(true), []))
  if (stream === null) return null
  return (
    <StreamContext value={stream}>
      <ZoneContext value={workspace.zone}>
        <People>
          <a href="#main" className={style.skip}>
            {text('shell.skip')}
          </a>
          <div className={style.shell}>
            <Navigation open={isNavigating} onClose={() => setNavigating(false)} />
            <div className={style.rest}>
              <TopBar onFind={() => setFinding(true)} onNavigation={() => setNavigating(true)} />
              <main ref={main} id="main" className={style.main} tabIndex={-1}>
                {children}
              </main>
            </div>
          </div>
          {isFinding && (
            <Suspense>
              <Palette onClose={() => setFinding(false)} />
            </Suspense>
          )}
        </People>
      </ZoneContext>
    </StreamContext>
  )
}

/** Puts the focus on the page after it has changed, so that keyboards and screen readers go on from there. */
function useFocusAfterNavigation() {
  const main = useRef<HTMLElement>(null)
  const path = useLocation({ select: (it) => it.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    main.current?.focus({ preventScroll: true })
  }, [path])
  return main
}

/** How long numbers may lag behind arriving events before they are asked again. */
const REFRESH_MS = 4_000

/** Opens the stream, and asks live numbers again while events arrive. */
function useWorkspaceStream(ws: string): Stream | null {
  const queryClient = useQueryClient()
  const [stream, setStream] = useState<Stream | null>(null)
  useEffect(() => {
    const opened = openStream(ws)
    setStream(opened)
    let seen: string | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const refresh = () => {
      timer = undefined
      void queryClient.invalidateQueries({ predicate: (query) => query.meta?.['live'] === true && query.queryKey[1] === ws })
    }
    const unsubscribe = opened.pulse.subscribe(() => {
      const { tick } = opened.pulse.get()
      if (tick === null) return
      const state = `${tick.events_count} ${tick.links}`
      if (seen !== undefined && state !== seen) timer ??= setTimeout(refresh, REFRESH_MS)
      seen = state
    })
    return () => {
      unsubscribe()
      clearTimeout(timer)
      opened.close()
    }
  }, [ws, queryClient])
  return stream
}

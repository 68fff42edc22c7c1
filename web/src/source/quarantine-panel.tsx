import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { quarantineQuery } from '../api/quarantine.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { reasonText } from '../i18n/reason-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import style from './source.module.css'

/** Events that were held back, why, and what arrived. */
export function QuarantinePanel() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const [reason, setReason] = useState<string | undefined>(undefined)
  const pages = useInfiniteQuery(quarantineQuery(ws, reason))
  if (pages.error !== null) return <Failed error={pages.error} onRetry={() => void pages.refetch()} />
  const first = pages.data?.pages[0]
  if (first === undefined) return <Loading />
  if (first.total === 0 && reason === undefined) {
    return <Empty title={text('source.clean')}>{text('source.cleanNote')}</Empty>
  }
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <>
      <div className={style.reasons} role="group" aria-label={text('source.reasons')}>
        <Button size="s" aria-pressed={reason === undefined} onClick={() => setReason(undefined)}>
          {text('source.allReasons')}
        </Button>
        {first.by_reason.map((it) => (
          <Button key={it.reason} size="s" aria-pressed={reason === it.reason} onClick={() => setReason(it.reason)}>
            {reasonText(text, it.reason)} <span className={style.quiet}>{format.count(it.count)}</span>
          </Button>
        ))}
      </div>
      <Section title={text('source.heldBack')} note={text('source.heldBackNote')}>
        <ul className={style.rows} aria-label={text('source.heldBack')}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <details className={style.held}>
                <summary>
                  <b>{reasonText(text, entry.reason)}</b>
                  <span className={style.grow}>{entry.message}</span>
                  <time className={style.quiet} dateTime={entry.received}>
                    {format.moment(entry.received)}
                  </time>
                </summary>
                <pre tabIndex={0} aria-label={text('source.raw')}>
                  {entry.raw}
                </pre>
              </details>
            </li>
          ))}
        </ul>
        {pages.hasNextPage && (
          <Button aria-busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {text('source.older')}
          </Button>
        )}
      </Section>
    </>
  )
}

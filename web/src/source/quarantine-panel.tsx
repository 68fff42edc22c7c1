import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { quarantineQuery } from '../api/quarantine.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { reasonText } from '../i18n/reason-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { HeldEvent } from './held-event.tsx'
import { useRelease } from './use-release.ts'
import style from './source.module.css'

/** Events that were held back, why, what arrived, and ways to let them in after all. */
export function QuarantinePanel() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const { reason } = useSearch({ from: '/w/$ws/sources' })
  const navigate = useNavigate({ from: '/w/$ws/sources' })
  const pages = useInfiniteQuery(quarantineQuery(ws, reason))
  const { still, canRelease, isReleasing, order, release } = useRelease()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isAsking, setAsking] = useState(false)
  if (pages.error !== null && pages.data === undefined) return <Failed error={pages.error} onRetry={() => void pages.refetch()} />
  const first = pages.data?.pages[0]
  if (first === undefined) return <Loading />
  if (first.total === 0 && reason === undefined) {
    return <Empty title={text('source.clean')}>{text('source.cleanNote')}</Empty>
  }
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  // What was let in, or is held back for another reason, is in sight no longer.
  const selected = entries.filter((it) => chosen.has(it.id))
  const setReason = (next: string | undefined) => void navigate({ search: { tab: 'quarantine', ...(next === undefined ? {} : { reason: next }) }, replace: true })
  const choose = (id: string, is: boolean) => setChosen((before) => new Set(is ? [...before, id] : [...before].filter((it) => it !== id)))
  const ofReason = first.by_reason.find((it) => it.reason === reason)
  const isBusy = (id: string) => order !== undefined && 'events' in order && order.events.some((it) => it.id === id)
  const isAllChosen = entries.length > 0 && selected.length === entries.length
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
        {entries.length === 0 && <Empty small title={text('source.noneOfReason')} />}
        {canRelease && entries.length > 0 && (
          <div className={style.releases}>
            <label>
              <input type="checkbox" checked={isAllChosen} onChange={() => setChosen(new Set(isAllChosen ? [] : entries.map((it) => it.id)))} />
              {text('source.chooseShown', { count: entries.length })}
            </label>
            <Button
              size="s"
              icon="check"
              refused={selected.length === 0 ? text('source.chooseFirst') : isReleasing ? text('source.releasing') : undefined}
              aria-busy={isReleasing}
              onClick={() => release({ events: selected.map((it) => ({ id: it.id })) }, { onSuccess: () => setChosen(new Set()) })}
            >
              {selected.length === 0 ? text('source.releaseChosen') : text('source.releaseCount', { count: selected.length })}
            </Button>
            {ofReason !== undefined && (
              <Button size="s" refused={isReleasing ? text('source.releasing') : undefined} onClick={() => setAsking(true)}>
                {text('source.releaseAll', { count: ofReason.count, shown: format.count(ofReason.count) })}
              </Button>
            )}
          </div>
        )}
        <ul className={style.rows} aria-label={text('source.heldBack')}>
          {entries.map((entry) => (
            <HeldEvent
              key={entry.id}
              entry={entry}
              still={still.get(entry.id)}
              actions={
                canRelease
                  ? {
                      isChosen: chosen.has(entry.id),
                      isBusy: isBusy(entry.id),
                      onChoose: (is) => choose(entry.id, is),
                      onRelease: (raw) => {
                        if (!isReleasing) release({ events: [{ id: entry.id, ...(raw === undefined ? {} : { raw }) }] })
                      },
                    }
                  : undefined
              }
            />
          ))}
        </ul>
        {pages.hasNextPage && (
          <Button aria-busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {text('source.older')}
          </Button>
        )}
      </Section>
      {isAsking && ofReason !== undefined && (
        <Dialog
          title={text('source.releaseAllTitle', { reason: reasonText(text, ofReason.reason) })}
          width={460}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{text('look.cancel')}</Button>
              <Button
                look="primary"
                onClick={() => {
                  release({ reason: ofReason.reason })
                  setAsking(false)
                }}
              >
                {text('source.releaseAll', { count: ofReason.count, shown: format.count(ofReason.count) })}
              </Button>
            </>
          }
        >
          <p>{text('source.releaseAllNote')}</p>
        </Dialog>
      )}
    </>
  )
}

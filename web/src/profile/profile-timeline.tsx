import { Link } from '@tanstack/react-router'
import { type CSSProperties, Fragment, memo, useEffect, useMemo, useRef, useState } from 'react'
import type { ProfileEvent } from '../api/profile.ts'
import { useKinds } from '../api/use-kinds.ts'
import { type Names, useNames } from '../api/use-names.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { channelColor } from '../ui/channel.tsx'
import { EventFacts } from '../ui/event-facts.tsx'
import { Icon } from '../ui/icon.tsx'
import { objectsOf } from './event-objects.ts'
import style from './profile.module.css'
import { daysOf, stageChanges } from './timeline.ts'

type TimelineProps = {
  readonly events: readonly ProfileEvent[]
  /** Also those that a filter hides, as a stage may have changed there. */
  readonly all: readonly ProfileEvent[]
  readonly onMore: (() => void) | undefined
  readonly isLoadingMore: boolean
}

/** Events on one line, newest first, by day; silence between days is drawn as silence. */
export function Timeline({ events, all, onMore, isLoadingMore }: TimelineProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  const names = useNames()
  const days = useMemo(() => daysOf(events, format.dayOf), [events, format])
  const changes = useMemo(() => stageChanges(all), [all])
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (onMore === undefined || isLoadingMore || end.current === null) return
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && onMore(), { rootMargin: '600px' })
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [onMore, isLoadingMore])
  return (
    <>
      <ol className={style.timeline}>
        {days.map(({ day, events: own, silence }) => (
          <Fragment key={`${day} ${own[0]?.seq}`}>
            <li className={style.day}>
              <h2>{format.day(own[0]?.time ?? day)}</h2>
              <ol>
                {own.map((event) => (
                  <EventRow
                    key={event.seq}
                    event={event}
                    isChange={changes.has(event.seq)}
                    names={names}
                    sourceName={nameOf(event.source) ?? text('profile.source', { id: event.source })}
                  />
                ))}
              </ol>
            </li>
            {silence > 0 && <li className={style.silence}>{text('profile.silence', { count: silence })}</li>}
          </Fragment>
        ))}
      </ol>
      <div ref={end}>
        {onMore !== undefined && (
          <Button look="quiet" aria-busy={isLoadingMore} onClick={onMore}>
            {text('profile.more')}
          </Button>
        )}
      </div>
    </>
  )
}

type EventRowProps = { readonly event: ProfileEvent; readonly isChange: boolean; readonly sourceName: string; readonly names: Names }

const EventRow = memo(function EventRow({ event, isChange, sourceName, names }: EventRowProps) {
  const text = useText()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const color: CSSProperties & Record<'--channel', string> = { '--channel': channelColor(event.channel) }
  return (
    <li className={style.event} style={color}>
      {isChange && event.stage != null && <p className={style.change}>{text('profile.entersStage', { stage: names.stage(event.stage) })}</p>}
      <button type="button" className={style.row} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <time dateTime={event.time}>{format.clock(event.time)}</time>
        <span className={style.station} />
        <span className={style.name}>{event.name}</span>
        <span className={style.where}>
          {event.touchpoint == null ? text(`channel.${event.channel}`) : names.touchpoint(event.touchpoint)}
          {event.touchpoint != null && <span className={style.channel}>{text(`channel.${event.channel}`)}</span>}
        </span>
        <Icon name={isOpen ? 'up' : 'down'} size={13} />
      </button>
      {isOpen && (
        <div className={style.details}>
          <EventFacts event={event} source={sourceName}>
            <EventObjects event={event} />
          </EventFacts>
        </div>
      )}
    </li>
  )
})

/** Ways from an event to the orders, shipments and tickets that it is of. */
function EventObjects({ event }: { readonly event: ProfileEvent }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const kinds = useKinds()
  const objects = objectsOf(event, kinds.kinds)
  if (objects.length === 0) return null
  return (
    <ul className={style.links} aria-label={text('object.ofEvent')}>
      {objects.map((it) => (
        <li key={it.kind}>
          <Link to="/w/$ws/objects/$kind/$object" params={{ ws, kind: it.kind, object: it.id }}>
            {text('object.named', { kind: kinds.kind(it.kind), id: it.id })}
          </Link>
        </li>
      ))}
    </ul>
  )
}

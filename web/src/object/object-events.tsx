import { Link } from '@tanstack/react-router'
import { type CSSProperties, useState } from 'react'
import type { ObjectEvent } from '../api/object.ts'
import { useNames } from '../api/use-names.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { channelColor } from '../ui/channel.tsx'
import { EventFacts } from '../ui/event-facts.tsx'
import { Icon } from '../ui/icon.tsx'
import style from './object.module.css'

type ObjectEventsProps = {
  readonly profiles: readonly { readonly id: number; readonly label: string }[]
  readonly events: readonly ObjectEvent[]
}

/** The events of an object or an account, the latest first, each with whose it is and what was sent. */
export function ObjectEvents({ profiles, events }: ObjectEventsProps) {
  const labels = new Map(profiles.map((it) => [it.id, it.label]))
  return (
    <ol className={style.events}>
      {events.map((event) => (
        <EventRow key={event.seq} event={event} label={labels.get(event.profile) ?? `#${event.profile}`} />
      ))}
    </ol>
  )
}

function EventRow({ event, label }: { readonly event: ObjectEvent; readonly label: string }) {
  const text = useText()
  const format = useFormat()
  const names = useNames()
  const nameOf = useSourceName()
  const { id: ws } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const color: CSSProperties & Record<'--channel', string> = { '--channel': channelColor(event.channel) }
  return (
    <li style={color}>
      <button type="button" className={style.row} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <time dateTime={event.time}>{format.moment(event.time)}</time>
        <span className={style.dot} />
        <span className={style.name}>{event.name}</span>
        <span className={style.where}>{event.touchpoint == null ? text(`channel.${event.channel}`) : names.touchpoint(event.touchpoint)}</span>
        <Icon name={isOpen ? 'up' : 'down'} size={13} />
      </button>
      {isOpen && (
        <div className={style.details}>
          <EventFacts event={event} source={nameOf(event.source) ?? text('profile.source', { id: event.source })}>
            <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(event.profile) }}>
              {label}
            </Link>
          </EventFacts>
        </div>
      )}
    </li>
  )
}

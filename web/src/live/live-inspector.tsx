import { Link } from '@tanstack/react-router'
import type { LiveEvent } from '../api/live.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Properties } from '../ui/properties.tsx'
import { SidePanel } from '../ui/side-panel.tsx'
import style from './live.module.css'

/** One event in full: what it says, whose it is, what became of it. */
export function LiveInspector({ event, onClose }: { readonly event: LiveEvent; readonly onClose: () => void }) {
  const text = useText()
  const format = useFormat()
  return (
    <SidePanel title={event.name} note={text(`live.verdicts.${event.verdict}`)} onClose={onClose}>
      <div className={style.inspector}>
        {event.reason != null && <p className={style.reason}>{event.reason}</p>}
        <dl>
          <dt>{text('live.profile')}</dt>
          <dd>
            {event.profile == null ? (
              event.label
            ) : (
              <Link from="/w/$ws" to="/w/$ws/profiles/$profile" params={{ profile: String(event.profile) }}>
                {event.label}
              </Link>
            )}
          </dd>
          <dt>{text('live.channel')}</dt>
          <dd>
            <ChannelBadge channel={event.channel} />
          </dd>
          <dt>{text('live.happened')}</dt>
          <dd>{format.moment(event.time)}</dd>
          <dt>{text('live.received')}</dt>
          <dd>{format.moment(event.received)}</dd>
        </dl>
        <Properties title={text('profile.properties')} value={event.properties} />
        <Properties title={text('profile.context')} value={event.context} />
      </div>
    </SidePanel>
  )
}

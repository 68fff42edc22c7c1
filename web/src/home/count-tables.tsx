import type { Overview } from '../api/workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge, channelColor } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { peopleOf } from './home.ts'
import style from './home.module.css'

/** The most frequent events of the last 30 days. */
export function EventTable({ events }: { readonly events: Overview['top_events'] }) {
  const text = useText()
  const format = useFormat()
  const most = Math.max(1, ...events.map((it) => it.events))
  return (
    <Section title={text('home.topEvents')} note={text('home.last30')}>
      <table className={style.bars}>
        <thead>
          <tr>
            <th scope="col">{text('home.event')}</th>
            <th scope="col" className={style.meter}>
              <span className="visually-hidden">{text('home.amount')}</span>
            </th>
            <th scope="col" data-number>
              {text('home.events')}
            </th>
            <th scope="col" data-number>
              {text('home.profiles')}
            </th>
            <th scope="col" data-number>
              {text('home.changeHead')}
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.name}>
              <th scope="row" className={style.name} title={event.name}>
                {event.name}
              </th>
              <td className={style.meter}>
                <Meter share={event.events / most} />
              </td>
              <td data-number>{format.count(event.events)}</td>
              <td data-number>
                <Count value={event.profiles} people={{ ...peopleOf({ events: [event.name] }, event.name), title: event.name }} />
              </td>
              <td data-number>{event.change == null ? '–' : format.change(event.change)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

/** Through which channels customers are met. */
export function ChannelTable({ channels }: { readonly channels: Overview['channels'] }) {
  const text = useText()
  const most = Math.max(1, ...channels.map((it) => it.events))
  return (
    <Section title={text('home.channels')} note={text('home.last30')}>
      <table className={style.bars}>
        <thead>
          <tr>
            <th scope="col">{text('home.channel')}</th>
            <th scope="col" className={style.meter}>
              <span className="visually-hidden">{text('home.amount')}</span>
            </th>
            <th scope="col" data-number>
              {text('home.profiles')}
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.slice(0, 8).map((it) => (
            <tr key={it.channel}>
              <th scope="row">
                <ChannelBadge channel={it.channel} />
              </th>
              <td className={style.meter}>
                <Meter share={it.events / most} color={channelColor(it.channel)} />
              </td>
              <td data-number>
                <Count value={it.profiles} people={{ ...peopleOf({ channels: [it.channel] }, it.channel), title: text(`channel.${it.channel}`) }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

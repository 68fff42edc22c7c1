import type { Channel } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './channel.module.css'

/** The color of a channel, the same everywhere. Never the only sign of it. */
export function channelColor(channel: Channel): string {
  return `var(--channel-${channel})`
}

/** The name of a channel with its color. */
export function ChannelBadge({ channel }: { readonly channel: Channel }) {
  const text = useText()
  return (
    <span className={style.badge}>
      <span className={style.dot} style={{ background: channelColor(channel) }} />
      {text(`channel.${channel}`)}
    </span>
  )
}

/** Channels as colors only, with their names for those who cannot tell colors. */
export function ChannelDots({ channels }: { readonly channels: readonly Channel[] }) {
  const text = useText()
  const names = channels.map((it) => text(`channel.${it}`)).join(text('list.and'))
  return (
    <span className={style.dots} role="img" aria-label={names} data-tip={names}>
      {channels.map((channel) => (
        <span key={channel} className={style.dot} style={{ background: channelColor(channel) }} />
      ))}
    </span>
  )
}

export type ChannelShare = { readonly channel: Channel; readonly share: number }

/** Shares of channels as one bar. What each part means is told in words as well. */
export function ChannelMix({ shares }: { readonly shares: readonly ChannelShare[] }) {
  const text = useText()
  const format = useFormat()
  const words = shares.map((it) => `${text(`channel.${it.channel}`)} ${format.share(it.share)}`)
  return (
    <span className={style.mix} role="img" aria-label={words.join(', ')} data-tip={words.join('\n')}>
      {shares.map(({ channel, share }) => (
        <span key={channel} style={{ flexGrow: share, flexBasis: 0, background: channelColor(channel) }} />
      ))}
    </span>
  )
}

export function ChannelLegend({ channels }: { readonly channels: readonly Channel[] }) {
  return (
    <div className={style.legend}>
      {channels.map((channel) => (
        <ChannelBadge key={channel} channel={channel} />
      ))}
    </div>
  )
}

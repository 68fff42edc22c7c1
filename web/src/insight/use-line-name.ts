import type { Attribution } from '../api/attribution.ts'
import type { Label } from '../api/funnel.ts'
import { channels } from '../api/model.ts'
import { useText } from '../i18n/use-text.ts'
import { labelText } from './funnel.ts'

/** The channel that a line is about, where lines are channels. */
export function channelOf(attribution: Attribution, label: Label) {
  return (attribution.by ?? 'channel') === 'channel' ? channels.find((it) => it === labelText(label)) : undefined
}

/** Names a line in the language of the page. */
export function useLineName(attribution: Attribution): (label: Label) => string {
  const text = useText()
  return (label) => {
    const channel = channelOf(attribution, label)
    if (channel !== undefined) return text(`channel.${channel}`)
    return labelText(label) ?? text(`funnel.label.${label === 'rest' ? 'rest' : 'not_set'}`)
  }
}

import { useText } from '../i18n/use-text.ts'
import { channels } from './model.ts'
import type { components } from './schema.ts'
import { useNames } from './use-names.ts'
import { useSourceName } from './use-source-name.ts'

export type Label = components['schemas']['Label']

/** What people call a line of a breakdown: its name, or its value where it has no name. */
export function useLabelName(): (field: string | null | undefined, label: Label) => string {
  const text = useText()
  const names = useNames()
  const sourceName = useSourceName()
  return (field, label) => {
    if (label === 'not_set') return text('label.notSet')
    if (label === 'rest') return text('label.rest')
    const value = String(label.value)
    switch (field) {
      case 'channel': {
        const channel = channels.find((it) => it === value)
        return channel === undefined ? value : text(`channel.${channel}`)
      }
      case 'touchpoint':
        return names.touchpoint(value)
      case 'stage':
        return names.stage(value)
      case 'source':
        return sourceName(Number(value)) ?? text('label.source', { number: value })
      default:
        return value
    }
  }
}

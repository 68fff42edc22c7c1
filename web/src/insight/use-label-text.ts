import { createContext, useContext } from 'react'
import type { Label } from '../api/funnel.ts'
import { channels } from '../api/model.ts'
import { useText } from '../i18n/use-text.ts'

/** What the workspace calls a value of a field; `null` where it has no name. A page provides it. */
export const LabelNamesContext = createContext<(field: string, value: string) => string | null>(() => null)

/** What people call a line of a breakdown by a field. */
export function useLabelText(field: string): (label: Label) => string {
  const text = useText()
  const nameOf = useContext(LabelNamesContext)
  return (label) => {
    if (label === 'not_set') return text('label.notSet')
    if (label === 'rest') return text('label.rest')
    const value = String(label.value)
    const channel = field === 'channel' ? channels.find((it) => it === value) : undefined
    return channel === undefined ? (nameOf(field, value) ?? value) : text(`channel.${channel}`)
  }
}

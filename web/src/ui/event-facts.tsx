import type { ReactNode } from 'react'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { sentAmounts } from '../lib/sent-amounts.ts'
import { Properties } from './properties.tsx'

type EventFactsProps = {
  readonly event: { readonly time: string; readonly kind: string; readonly seq: string; readonly properties: Readonly<Record<string, unknown>>; readonly context: Readonly<Record<string, unknown>> }
  readonly source: string
  /** What leads on from the event, before what was sent with it. */
  readonly children?: ReactNode
}

/** What was sent with an event, and where it came from. */
export function EventFacts({ event, source, children }: EventFactsProps) {
  const text = useText()
  const format = useFormat()
  return (
    <>
      {children}
      <SentAmounts properties={event.properties} />
      <Properties title={text('profile.properties')} value={event.properties} />
      <Properties title={text('profile.context')} value={event.context} />
      <p>{text('profile.eventFacts', { moment: format.moment(event.time), kind: event.kind, source, seq: event.seq })}</p>
    </>
  )
}

/** Amounts in the currency that they were paid in, beside what they are read as. */
function SentAmounts({ properties }: { readonly properties: Readonly<Record<string, unknown>> }) {
  const text = useText()
  const format = useFormat()
  const amounts = sentAmounts(properties)
  if (amounts.length === 0) return null
  return (
    <ul aria-label={text('money.sentAmounts')}>
      {amounts.map(({ path, sent, currency, read }) => (
        <li key={path}>
          {read === undefined
            ? text('money.sentUnrated', { path, sent: format.amount(sent), currency })
            : text('money.sentRead', { path, sent: format.amount(sent), currency, read: format.amount(read) })}
        </li>
      ))}
    </ul>
  )
}

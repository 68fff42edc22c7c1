import { useQuery } from '@tanstack/react-query'
import { type Hook, type HookArrival, hookArrivalsQuery } from '../api/hook.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { refusalText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import hookStyle from './hook.module.css'
import style from './source.module.css'

/** The last requests and what became of each, since the server was started. */
export function HookArrivals({ hook }: { readonly hook: Hook }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const arrivals = useQuery(hookArrivalsQuery(ws, hook.id))
  return (
    <section aria-label={text('hook.arrivalsOf', { name: hook.name })}>
      <h3 className={hookStyle.heading}>
        {text('hook.arrivals')} <span className={style.quiet}>{text('hook.arrivalsNote')}</span>
      </h3>
      {arrivals.error !== null ? (
        <Failed small error={arrivals.error} onRetry={() => void arrivals.refetch()} />
      ) : arrivals.data === undefined ? (
        <Loading rows={2} />
      ) : arrivals.data.arrivals.length === 0 ? (
        <Empty small title={text('hook.noArrivals')}>
          {text('hook.noArrivalsNote')}
        </Empty>
      ) : (
        <ol className={hookStyle.arrivals}>
          {arrivals.data.arrivals.map((arrival, index) => (
            <Arrival key={`${arrival.at} ${index}`} arrival={arrival} isMapped={hook.maker !== 'generic' || hook.mapping != null} />
          ))}
        </ol>
      )}
    </section>
  )
}

type ArrivalProps = { readonly arrival: HookArrival; readonly isMapped: boolean }

function Arrival({ arrival, isMapped }: ArrivalProps) {
  const text = useText()
  const format = useFormat()
  const what = (
    <>
      <span className={hookStyle.when}>
        <Age time={arrival.at} />
      </span>
      <span className={hookStyle.state} data-state={arrival.is_taken ? 'good' : 'bad'}>
        {text(arrival.is_taken ? 'hook.state.taken' : 'hook.state.refused')}
      </span>
      <span className={style.grow}>
        <Outcome arrival={arrival} isMapped={isMapped} />
      </span>
      <span className={style.quiet}>{format.bytes(arrival.bytes)}</span>
    </>
  )
  if (arrival.sample == null) return <li className={hookStyle.arrival}>{what}</li>
  return (
    <li>
      <details className={style.held}>
        <summary className={hookStyle.arrival}>{what}</summary>
        <pre tabIndex={0} aria-label={text('hook.body')}>
          {arrival.sample}
        </pre>
      </details>
    </li>
  )
}

function Outcome({ arrival, isMapped }: ArrivalProps) {
  const text = useText()
  if (!arrival.is_taken) {
    const message = arrival.message ?? ''
    return (
      <>
        <span className={style.bad}>{refusalText(text, arrival.code ?? '', message)}</span>
        {/* In the server's words, which say the most. */}
        <span className={style.quiet}>{message}</span>
      </>
    )
  }
  const parts = [
    ...(arrival.topic == null ? [] : [arrival.topic]),
    ...(arrival.events.length === 0 ? [] : [arrival.events.join(', ')]),
    ...(arrival.aside === 0 ? [] : [isMapped ? text('hook.aside', { count: arrival.aside }) : text('hook.unmapped')]),
  ]
  return (
    <>
      <span>{parts.join(' → ')}</span>
      {arrival.held.map((why, index) => (
        <span key={index} className={style.bad}>
          {text('hook.heldBack', { why })}
        </span>
      ))}
    </>
  )
}

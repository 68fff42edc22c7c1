import { useQuery } from '@tanstack/react-query'
import { type Sweep, sweepsQuery } from '../api/keeping.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { byCount } from './keeping.ts'
import style from './privacy.module.css'

/** Names that are told of one sweep; more are counted. */
const NAMES_MAX = 6

/** Every removal of what was past, and what went. */
export function SweepList({ ws }: { readonly ws: string }) {
  const text = useText()
  const sweeps = useQuery(sweepsQuery(ws))
  if (sweeps.error !== null) return <Failed small error={sweeps.error} onRetry={() => void sweeps.refetch()} />
  if (sweeps.data === undefined) return <Loading rows={1} />
  if (sweeps.data.sweeps.length === 0) return null
  return (
    <>
      <h3 className={style.sweepsTitle}>{text('keeping.sweeps')}</h3>
      <ul className={style.sweeps} aria-label={text('keeping.sweeps')}>
        {sweeps.data.sweeps.map((it) => (
          <SweepRow key={it.id} it={it} />
        ))}
      </ul>
    </>
  )
}

function SweepRow({ it }: { readonly it: Sweep }) {
  const text = useText()
  const format = useFormat()
  const { found } = it
  const names = byCount(found)
  const told = names.slice(0, NAMES_MAX).map(([event, count]) => `${event} ${format.count(count)}`)
  const facts = [
    text('keeping.went', { count: found.events, shown: format.count(found.events) }),
    ...(found.held_back > 0 ? [text('erasure.quarantined', { count: found.held_back, shown: format.count(found.held_back) })] : []),
    ...(found.profiles > 0 ? [text('keeping.profilesWent', { count: found.profiles, shown: format.count(found.profiles) })] : []),
    ...(found.records > 0 ? [text('erasure.records', { count: found.records, shown: format.count(found.records) })] : []),
    ...(found.rows > 0 ? [text('erasure.rows', { count: found.rows, shown: format.count(found.rows) })] : []),
  ]
  const isDecided = it.state !== 'waiting'
  return (
    <li>
      <span>
        <b>{text('keeping.sweep', { id: it.id })}</b>
        <small>{it.by == null ? text('keeping.byItself', { when: format.moment(it.requested) }) : text('erasure.asked', { by: it.by, when: format.moment(it.requested) })}</small>
      </span>
      <span>
        <span>
          {text(`erasure.state.${it.state}`)}
          {it.finished != null && ` · ${format.moment(it.finished)}`}
        </span>
        {it.waits_for != null && <small>{text('erasure.waits', { why: it.waits_for })}</small>}
        {isDecided && <small>{found.events === 0 && found.held_back === 0 ? text('keeping.nothing') : facts.join(' · ')}</small>}
        {told.length > 0 && (
          <small>
            {told.join(' · ')}
            {names.length > NAMES_MAX && ` · ${text('keeping.moreNames', { count: names.length - NAMES_MAX, shown: format.count(names.length - NAMES_MAX) })}`}
          </small>
        )}
        {it.left_count > 0 && (
          <>
            <span>{text('erasure.left')}</span>
            <ul>
              {it.left.map((left) =>
                left.kind === 'file' ? (
                  <li key={`file ${left.name}`}>{text('erasure.leftFile', { name: left.name, count: left.rows, shown: format.count(left.rows) })}</li>
                ) : left.kind === 'record' ? (
                  <li key={`record ${left.position}`}>{text('keeping.leftRecord', { position: format.count(left.position) })}</li>
                ) : null,
              )}
            </ul>
            {it.left_count > it.left.length && <small>{text('keeping.leftMore', { count: it.left_count - it.left.length, shown: format.count(it.left_count - it.left.length) })}</small>}
          </>
        )}
      </span>
    </li>
  )
}

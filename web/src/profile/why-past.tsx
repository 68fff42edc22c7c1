import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type KnownIdentifier, type ProfileIdentity, profilePastQuery } from '../api/identity.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { momentsOf } from './chain.ts'
import style from './why.module.css'

type WhyPastProps = { readonly identity: ProfileIdentity; readonly known: ReadonlyMap<number, KnownIdentifier> }

/** A slider over the link log: the pieces that the profile was at each line. */
export function WhyPast({ identity, known }: WhyPastProps) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const moments = momentsOf([...identity.links, ...identity.decisions].map((it) => it.position), identity.position)
  const [at, setAt] = useState(moments.length - 1)
  const index = Math.min(at, moments.length - 1)
  const position = moments[index] ?? identity.position
  const past = useQuery(profilePastQuery(ws, String(identity.profile), position))
  const isNow = index === moments.length - 1
  return (
    <>
      <label className={style.slider}>
        <span>{isNow ? text('identity.now') : text('identity.after', { count: position, shown: format.count(position) })}</span>
        <input
          type="range"
          min={0}
          max={moments.length - 1}
          value={index}
          aria-valuetext={isNow ? text('identity.now') : text('identity.after', { count: position, shown: format.count(position) })}
          onChange={(event) => setAt(Number(event.currentTarget.value))}
        />
      </label>
      {past.error !== null ? (
        <Failed small error={past.error} onRetry={() => void past.refetch()} />
      ) : past.data === undefined ? (
        <Loading rows={3} />
      ) : (
        <ul className={style.pieces} aria-label={text('identity.past')}>
          {past.data.pieces.map((piece) => (
            <li key={piece.profile}>
              {piece.identifiers.map((id) => {
                const it = known.get(id)
                return (
                  it !== undefined && (
                    <span key={id} className={style.piece}>
                      <small>{text(`profile.identifier.${it.kind}`)}</small>
                      <code>{it.value}</code>
                    </span>
                  )
                )
              })}
              {piece.others > 0 && <small>{text('identity.others', { count: piece.others, shown: format.count(piece.others) })}</small>}
            </li>
          ))}
        </ul>
      )}
      <p className={style.note}>{text('identity.pastNote')}</p>
    </>
  )
}

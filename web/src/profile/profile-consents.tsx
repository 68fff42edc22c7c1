import { useState } from 'react'
import type { ConsentStatement, ProfileConsents as Consents } from '../api/privacy.ts'
import { purposeName } from '../api/purpose-name.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { untoldKey } from './consents.ts'
import style from './profile.module.css'

const HISTORY_SHOWN = 8

/** What holds for each purpose, what proves it, and everything that was ever said. */
export function ProfileConsents({ consents }: { readonly consents: Consents }) {
  const text = useText()
  const format = useFormat()
  const [isWhole, setWhole] = useState(false)
  const { purposes, history, left_out } = consents
  const shown = isWhole ? history : history.slice(0, HISTORY_SHOWN)
  return (
    <>
      <h2>{text('consent.title')}</h2>
      {purposes.length === 0 ? (
        <p className={style.none}>{text('consent.noPurposes')}</p>
      ) : (
        <dl className={style.pairs}>
          {purposes.map((it) => (
            <div key={`${it.purpose} ${it.channel ?? ''}`}>
              <dt>
                {purposeName(it.name, text)}
                {it.channel != null && <small>{text(`channel.${it.channel}`)}</small>}
              </dt>
              <dd>
                <span className={style.consent} data-state={it.state}>
                  {text(`consent.state.${it.state}`)}
                </span>
                <small>{it.said == null ? text(untoldKey(it)) : text('consent.saidBy', { event: it.said.event, time: format.moment(it.said.time) })}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {history.length > 0 && (
        <details className={style.said}>
          <summary>{text('consent.history', { count: history.length + left_out, shown: format.count(history.length + left_out) })}</summary>
          <ol>
            {shown.map((it) => (
              <Statement key={`${it.seq} ${it.key} ${it.state} ${it.first}`} statement={it} />
            ))}
          </ol>
          {shown.length < history.length && (
            <Button size="s" look="quiet" onClick={() => setWhole(true)}>
              {text('consent.wholeHistory')}
            </Button>
          )}
          {shown.length === history.length && left_out > 0 && <p className={style.none}>{text('consent.leftOut', { count: left_out, shown: format.count(left_out) })}</p>}
        </details>
      )}
    </>
  )
}

function Statement({ statement }: { readonly statement: ConsentStatement }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  const { key, channel, state, time, first, event, source, proof, is_decision } = statement
  const what = key === '*' ? text('consent.everything') : key
  const where = channel == null ? '' : ` · ${text(`channel.${channel}`)}`
  return (
    <li>
      <b>{`${what}${where}: ${text(`consent.state.${state}`)}`}</b>
      <small>
        {is_decision || first === time
          ? text('consent.at', { time: format.moment(time) })
          : text('consent.repeated', { first: format.moment(first), time: format.moment(time) })}
      </small>
      <small>{text('consent.by', { event, source: nameOf(source) ?? text('profile.source', { id: source }) })}</small>
      {statement.text != null && <small>{text('consent.textVersion', { text: statement.text })}</small>}
      {proof != null && <small>{/^https:\/\//.test(proof) ? <a href={proof} target="_blank" rel="noreferrer">{text('consent.proof')}</a> : text('consent.proofIs', { proof })}</small>}
    </li>
  )
}

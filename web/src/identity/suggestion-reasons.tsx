import type { SuggestionReason } from '../api/identity.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import style from './suggestions.module.css'

/** What speaks for it and what against, each with its weight. */
export function SuggestionReasons({ reasons }: { readonly reasons: readonly SuggestionReason[] }) {
  const text = useText()
  const format = useFormat()
  return (
    <ul className={style.reasons} aria-label={text('identity.reasons')}>
      {reasons.map((it) => (
        <li key={it.ground} data-agrees={it.agrees}>
          <span>{wordsOf(text, it)}</span>
          <small>
            {text('identity.bits', { shown: `${it.bits < 0 ? '−' : '+'}${format.amount(Math.abs(it.bits))}` })}
            {it.holders != null && `, ${text('identity.holders', { count: it.holders, shown: format.count(it.holders) })}`}
          </small>
        </li>
      ))}
    </ul>
  )
}

function wordsOf(text: Text, { ground, agrees, left, right, identifier }: SuggestionReason): string {
  if (ground === 'identifier') return text('identity.ground.identifier', { kind: text(`identity.kind.${identifier?.kind ?? 'custom'}`), value: left })
  return text(agrees ? `identity.ground.${ground}` : `identity.differs.${ground}`, { left, right })
}

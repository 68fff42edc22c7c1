import type { Profile } from '../api/profile.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { flatten } from '../lib/flatten.ts'
import style from './profile.module.css'

/** Who it is, as far as we know: traits with their source, and identifiers. */
export function ProfileFacts({ profile }: { readonly profile: Profile }) {
  const text = useText()
  const format = useFormat()
  return (
    <aside className={style.side} aria-label={text('profile.about')}>
      <h2>{text('profile.traits')}</h2>
      {profile.traits.length === 0 ? (
        <p className={style.none}>{text('profile.noTraits')}</p>
      ) : (
        <dl className={style.pairs}>
          {profile.traits.map((trait) => (
            <div key={trait.name}>
              <dt>{trait.name}</dt>
              <dd>
                {flatten(trait.value)
                  .map((leaf) => (leaf.path === '' ? leaf.text : `${leaf.path}: ${leaf.text}`))
                  .join('\n')}
                <small>{text('profile.traitSource', { time: format.date(format.dayOf(trait.time)), source: trait.source })}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <h2>{text('profile.identifiers')}</h2>
      <dl className={style.pairs}>
        {profile.identifiers.map((it) => (
          <div key={`${it.kind} ${it.value}`}>
            <dt>{text(`profile.identifier.${it.kind}`)}</dt>
            <dd className={style.mono}>
              {it.value}
              <small>{text('profile.identifierSince', { time: format.date(format.dayOf(it.first)) })}</small>
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}

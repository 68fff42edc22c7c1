import type { Profile, ProfileTrait } from '../api/profile.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { flatten } from '../lib/flatten.ts'
import { ProfileConsents } from './profile-consents.tsx'
import { ProfileIdentifiers } from './profile-identity.tsx'
import { ProfileSegments } from './profile-segments.tsx'
import style from './profile.module.css'

/** Who it is, as far as we know: traits with their source, and identifiers. */
export function ProfileFacts({ profile }: { readonly profile: Profile }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  const toldBy = (trait: ProfileTrait) => {
    const count = trait.operations_count
    const told = { time: format.date(format.dayOf(trait.time)), source: nameOf(trait.source) ?? text('profile.source', { id: trait.source }) }
    return count === 0 ? text('profile.traitSource', told) : text('profile.traitOperations', { count, shown: format.count(count), ...told })
  }
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
                <small>{toldBy(trait)}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <ProfileConsents consents={profile.consents} />
      <ProfileSegments profile={String(profile.id)} />
      <ProfileIdentifiers profile={profile} />
    </aside>
  )
}

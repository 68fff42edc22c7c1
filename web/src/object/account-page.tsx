import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { accountQuery, type AccountStory } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import { typeName } from './account-list-page.tsx'
import { ObjectEvents } from './object-events.tsx'
import style from './object.module.css'

/** One account: who belongs to it, what was told of it, and what its members did in its name. */
export function AccountPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { type, account } = useParams({ from: '/w/$ws/accounts/$type/$account' })
  const { data: story } = useSuspenseQuery(accountQuery(ws, type, account))
  const profiles = story.members.map((it) => it.profile)
  return (
    <Page
      title={story.name ?? story.id}
      note={text('account.facts', {
        type: typeName(text, story.account_type),
        id: story.id,
        members: text('account.membersCount', { count: story.members_count, shown: format.count(story.members_count) }),
        events: text('profile.events', { count: story.events_count, shown: format.count(story.events_count) }),
      })}
    >
      <div className={style.columns}>
        <div>
          <Section title={text('account.traits')}>
            {story.traits.length === 0 ? <p className={style.quiet}>{text('account.noTraits')}</p> : <Traits story={story} />}
          </Section>
          <Section title={text('object.events')} note={story.events.length >= 500 ? text('account.latest', { shown: format.count(story.events.length) }) : ''}>
            {story.events.length === 0 ? <p className={style.quiet}>{text('account.noEvents')}</p> : <ObjectEvents profiles={profiles} events={story.events} />}
          </Section>
        </div>
        <aside className={style.side} aria-label={text('account.members')}>
          <h2>{text('account.members')}</h2>
          {story.members.length === 0 ? (
            <p className={style.quiet}>{text('account.noMembers')}</p>
          ) : (
            <ul className={style.plain}>
              {story.members.map((it) => (
                <li key={it.profile.id}>
                  <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(it.profile.id) }}>
                    <ProfileName label={it.profile.label} known={it.profile.known} />
                  </Link>{' '}
                  <span className={style.quiet}>
                    {text('profile.events', { count: it.events_count, shown: format.count(it.events_count) })} · <Age time={it.last} />
                  </span>
                </li>
              ))}
            </ul>
          )}
          {story.members_count > story.members.length && <p className={style.quiet}>{text('object.listed', { shown: format.count(story.members.length), all: format.count(story.members_count) })}</p>}
        </aside>
      </div>
    </Page>
  )
}

function Traits({ story }: { readonly story: AccountStory }) {
  const text = useText()
  const format = useFormat()
  return (
    <dl className={style.pairs}>
      {story.traits.map((it) => (
        <div key={it.name}>
          <dt>{it.name}</dt>
          <dd>
            {written(it.value)}
            <small>{text('account.toldAt', { moment: format.moment(it.time) })}</small>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

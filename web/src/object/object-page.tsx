import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { objectQuery, type ObjectStory } from '../api/object.ts'
import { useKinds } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Page, Section } from '../ui/page.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import { StandingBadge } from '../ui/standing.tsx'
import { ObjectEvents } from './object-events.tsx'
import { ObjectStates } from './object-states.tsx'
import style from './object.module.css'

/** One order, shipment or ticket: its states, what was promised against what happened, who touched it, and its events. */
export function ObjectPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { kind, object } = useParams({ from: '/w/$ws/objects/$kind/$object' })
  const { data: story } = useSuspenseQuery(objectQuery(ws, kind, object, format.zone))
  const kinds = useKinds()
  return (
    <Page
      title={text('object.named', { kind: kinds.kind(story.kind), id: story.id })}
      note={text('object.facts', {
        state: story.state == null ? text('object.noState') : kinds.state(story.kind, story.state),
        events: text('profile.events', { count: story.events_count, shown: format.count(story.events_count) }),
        moment: format.moment(story.followed_to),
      })}
    >
      <div className={style.columns}>
        <div>
          <Section title={text('object.states')}>
            <ObjectStates story={story} />
          </Section>
          <Section title={text('object.events')} note={story.events.length < story.events_count ? text('object.listed', { shown: format.count(story.events.length), all: format.count(story.events_count) }) : ''}>
            <ObjectEvents profiles={story.profiles} events={story.events} />
          </Section>
        </div>
        <aside className={style.side} aria-label={text('object.about')}>
          <PromiseFacts story={story} />
          <h2>{text('object.peopleTouched')}</h2>
          <ul className={style.plain}>
            {story.profiles.map((it) => (
              <li key={it.id}>
                <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(it.id) }}>
                  <ProfileName label={it.label} known={it.known} />
                </Link>
              </li>
            ))}
          </ul>
          {story.people_count > story.profiles.length && <p className={style.quiet}>{text('object.listed', { shown: format.count(story.profiles.length), all: format.count(story.people_count) })}</p>}
          {story.related.length > 0 && (
            <>
              <h2>{text('object.related')}</h2>
              <ul className={style.plain}>
                {story.related.map((it) => (
                  <li key={`${it.kind} ${it.id}`}>
                    <Link to="/w/$ws/objects/$kind/$object" params={{ ws, kind: it.kind, object: it.id }}>
                      {text('object.named', { kind: kinds.kind(it.kind), id: it.id })}
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          )}
        </aside>
      </div>
    </Page>
  )
}

/** What was promised against what happened. */
function PromiseFacts({ story }: { readonly story: ObjectStory }) {
  const text = useText()
  const format = useFormat()
  const { promise } = story
  if (promise == null) return null
  return (
    <>
      <h2>{text('object.promise')}</h2>
      <dl className={style.pairs}>
        <div>
          <dt>{text('object.standsNow')}</dt>
          <dd>
            <StandingBadge promise={promise} />
          </dd>
        </div>
        {promise.promised != null && (
          <div>
            <dt>{text('object.promised')}</dt>
            <dd>
              {format.moment(promise.promised)}
              {promise.told != null && <small>{text('object.toldAt', { moment: format.moment(promise.told) })}</small>}
              {promise.promises_count > 1 && <small>{text('object.promisesCount', { count: promise.promises_count, shown: format.count(promise.promises_count) })}</small>}
            </dd>
          </div>
        )}
        <div>
          <dt>{text('object.kept')}</dt>
          <dd>{promise.kept == null ? text('object.notYet') : format.moment(promise.kept)}</dd>
        </div>
      </dl>
    </>
  )
}

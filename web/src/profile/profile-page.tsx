import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Channel } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { NotesAbout, QuotesAbout } from '../quote/quotes-about.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { channelColor } from '../ui/channel.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import style from './profile.module.css'
import { ProfileFacts } from './profile-facts.tsx'
import { ProfileAccounts } from './profile-accounts.tsx'
import { ProfileObjects } from './profile-objects.tsx'
import { ProfilePrivacy } from './profile-privacy.tsx'
import { Timeline } from './profile-timeline.tsx'
import { useProfile } from './use-profile.ts'

/** One customer: everything on one line through time, whatever the channel. */
export function ProfilePage() {
  const text = useText()
  const format = useFormat()
  const { profile, pages, events } = useProfile()
  const { channel } = useSearch({ from: '/w/$ws/profiles/$profile' })
  const navigate = useNavigate({ from: '/w/$ws/profiles/$profile' })
  const choose = (next: Channel | undefined) => void navigate({ search: next === undefined ? {} : { channel: next }, replace: true, resetScroll: false })
  const shown = useMemo(() => (channel === undefined ? events : events.filter((it) => it.channel === channel)), [events, channel])
  return (
    <div className={style.page}>
      <header className={style.header}>
        <div className={style.title}>
          <h1>{profile.label}</h1>
          <ProfilePrivacy profile={profile} />
        </div>
        <p className={style.facts}>
          {profile.stage != null && (
            <span className={style.stage}>
              {text('profile.inStage', { stage: profile.stage.name })} <Age time={profile.stage.since} />
            </span>
          )}
          <span>{text('profile.events', { count: profile.events_count, shown: format.count(profile.events_count) })}</span>
          <span>{text('profile.seen', { first: format.date(format.dayOf(profile.first)), last: format.date(format.dayOf(profile.last)) })}</span>
        </p>
      </header>
      <div className={style.columns}>
        <div className={style.main}>
          <ProfileAccounts profile={String(profile.id)} />
          <ProfileObjects profile={String(profile.id)} />
          <section aria-label={text('page.research')}>
            <h2 className={style.heading}>{text('page.research')}</h2>
            <NotesAbout of={{ profile: String(profile.id) }} />
            <QuotesAbout of={{ profile: String(profile.id) }} none={text('research.noneOfPerson')} withPlaces />
          </section>
          <section aria-label={text('profile.timeline')} className={style.events}>
            <div className={style.filters} role="group" aria-label={text('profile.channels')}>
              <Button size="s" look="quiet" aria-pressed={channel === undefined} onClick={() => choose(undefined)}>
                {text('profile.allChannels')}
              </Button>
              {profile.channels.map((it) => (
                <Button
                  key={it.channel}
                  size="s"
                  look="quiet"
                  aria-pressed={channel === it.channel}
                  onClick={() => choose(channel === it.channel ? undefined : it.channel)}
                >
                  <span className={style.dot} style={{ background: channelColor(it.channel) }} />
                  {text(`channel.${it.channel}`)}
                  <span className={style.count}>{format.count(it.events)}</span>
                </Button>
              ))}
            </div>
            {pages.error !== null ? (
              <Failed small error={pages.error} onRetry={() => void pages.refetch()} />
            ) : pages.data === undefined ? (
              <Loading rows={10} />
            ) : shown.length === 0 && !pages.hasNextPage ? (
              <Empty small title={text('profile.noEvents')} />
            ) : (
              <Timeline
                events={shown}
                all={events}
                onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
                isLoadingMore={pages.isFetchingNextPage}
              />
            )}
          </section>
        </div>
        <ProfileFacts profile={profile} />
      </div>
    </div>
  )
}

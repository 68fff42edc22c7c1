import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { decideIdentity, type DismissedSuggestion, type SuggestedProfile, type Suggestion, type Suggestions, suggestionsQuery } from '../api/identity.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { JoinDialog } from '../join/join-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { ProfileName } from '../ui/profile-name.tsx'
import { ReasonDialog } from '../ui/reason-dialog.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './suggestions.module.css'
import { SuggestionReasons } from './suggestion-reasons.tsx'

/** Profiles that are probably one person. Nothing joins them but a decision. */
export function SuggestionsSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const listed = useQuery(suggestionsQuery(ws))
  return (
    <Section title={text('identity.suggestions')} note={text('identity.suggestionsNote')}>
      {listed.error !== null ? (
        <Failed small error={listed.error} onRetry={() => void listed.refetch()} />
      ) : listed.data === undefined ? (
        <Loading rows={3} />
      ) : (
        <Listed ws={ws} listed={listed.data} />
      )}
    </Section>
  )
}

function Listed({ ws, listed }: { readonly ws: string; readonly listed: Suggestions }) {
  const text = useText()
  const format = useFormat()
  const { suggestions, total, dismissed } = listed
  return (
    <>
      {suggestions.length === 0 ? (
        <Empty small title={text('identity.noSuggestions')}>
          {text('identity.noSuggestionsNote', { count: listed.compared, shown: format.count(listed.compared) })}
        </Empty>
      ) : (
        <ul className={style.list} aria-label={text('identity.suggestions')}>
          {suggestions.map((it) => (
            <Line key={`${it.left.profile.id} ${it.right.profile.id}`} ws={ws} suggestion={it} />
          ))}
        </ul>
      )}
      <Limits listed={listed} />
      {total > suggestions.length && <p className={style.hint}>{text('identity.more', { shown: format.count(total - suggestions.length) })}</p>}
      {dismissed.length > 0 && (
        <details className={style.dismissed}>
          <summary>{text('identity.dismissedCount', { count: dismissed.length, shown: format.count(dismissed.length) })}</summary>
          <ul className={style.list} aria-label={text('identity.dismissed')}>
            {dismissed.map((it) => (
              <Dismissed key={`${it.left.kind} ${it.left.value} ${it.right.kind} ${it.right.value}`} ws={ws} dismissed={it} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** What was not looked at, or cannot be. */
function Limits({ listed }: { readonly listed: Suggestions }) {
  const text = useText()
  const format = useFormat()
  const said = [
    listed.both_known > 0 ? text('identity.bothKnown', { count: listed.both_known, shown: format.count(listed.both_known) }) : undefined,
    listed.profiles_left_out > 0 ? text('identity.leftOut', { count: listed.profiles_left_out, shown: format.count(listed.profiles_left_out) }) : undefined,
    listed.groups_left_out > 0 ? text('identity.groupsLeftOut', { count: listed.groups_left_out, shown: format.count(listed.groups_left_out) }) : undefined,
    listed.is_cut ? text('identity.pairsCut') : undefined,
  ].filter((it) => it !== undefined)
  return said.length === 0 ? null : <p className={style.hint}>{said.join(' ')}</p>
}

function Line({ ws, suggestion }: { readonly ws: string; readonly suggestion: Suggestion }) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const [open, setOpen] = useState<'join' | 'dismiss' | undefined>()
  const { left, right } = suggestion
  const dismiss = useMutation({
    mutationFn: (why: string) => decideIdentity(ws, 'dismiss', left.identifier, right.identifier, why),
    onSuccess: () => toast(text('identity.done.dismiss')),
    onError: toastFailure,
  })
  const refused = canEditMaps(role) ? undefined : text('identity.editorsOnly')
  const names = { left: left.profile.label, right: right.profile.label }
  return (
    <li>
      <div className={style.line}>
        <span className={style.pair}>
          <Named ws={ws} suggested={left} />
          <Named ws={ws} suggested={right} />
        </span>
        <span className={style.chance}>
          <b>{format.share(suggestion.chance)}</b>
          <small>{text('identity.chance')}</small>
        </span>
        <span className={style.acts}>
          <Button size="s" aria-label={text('identity.compareOf', names)} onClick={() => setOpen('join')}>
            {text('identity.compare')}
          </Button>
          <Button size="s" look="quiet" refused={refused} aria-busy={dismiss.isPending} aria-label={text('identity.dismissOf', names)} onClick={() => setOpen('dismiss')}>
            {text('identity.act.dismiss')}
          </Button>
        </span>
      </div>
      <SuggestionReasons reasons={suggestion.reasons} />
      {open === 'join' && <JoinDialog left={left.profile.id} right={right.profile.id} onClose={() => setOpen(undefined)} />}
      {open === 'dismiss' && (
        <ReasonDialog
          title={text('identity.title.dismiss')}
          note={text('identity.effectOf.dismiss', names)}
          action={text('identity.act.dismiss')}
          onDecide={(why) => dismiss.mutate(why)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </li>
  )
}

function Named({ ws, suggested: { profile, identifier } }: { readonly ws: string; readonly suggested: SuggestedProfile }) {
  const text = useText()
  const format = useFormat()
  return (
    <span className={style.who}>
      <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(profile.id) }}>
        <ProfileName label={profile.label} known={profile.known} />
      </Link>
      <small>
        {text(`identity.kind.${identifier.kind}`)} <code>{identifier.value}</code>, {text('profile.events', { count: profile.events_count, shown: format.count(profile.events_count) })}
      </small>
    </span>
  )
}

function Dismissed({ ws, dismissed }: { readonly ws: string; readonly dismissed: DismissedSuggestion }) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const { left, right, by, at, why } = dismissed
  const again = useMutation({
    mutationFn: () => decideIdentity(ws, 'reconsider', left, right, text('identity.because.reconsider')),
    onSuccess: () => toast(text('identity.done.reconsider')),
    onError: toastFailure,
  })
  return (
    <li className={style.line}>
      <span className={style.who}>
        <span>
          <code>{left.value}</code> – <code>{right.value}</code>
        </span>
        <small>{text('identity.decidedBy', { by, time: format.moment(at), why })}</small>
      </span>
      <span className={style.acts}>
        <Button
          size="s"
          refused={canEditMaps(role) ? undefined : text('identity.editorsOnly')}
          aria-busy={again.isPending}
          aria-label={text('identity.reconsiderOf', { left: left.value, right: right.value })}
          onClick={() => again.mutate()}
        >
          {text('identity.act.reconsider')}
        </Button>
      </span>
    </li>
  )
}

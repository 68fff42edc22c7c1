import { useQuery } from '@tanstack/react-query'
import type { Channel } from '../api/model.ts'
import { changeConsentPolicy, consentPolicyQuery, type Purpose, type StoredConsentPolicy } from '../api/privacy.ts'
import { purposeName } from '../api/purpose-name.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { NameField } from '../ui/name-field.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { newPurpose } from './privacy.ts'
import style from './privacy.module.css'

/** Channels on which somebody can be reached, so that consent is asked apart. */
const reaching = ['email', 'sms', 'push', 'whatsapp', 'ads', 'call', 'social'] as const satisfies readonly Channel[]

/** What people are asked to agree to. */
export function PurposeSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery(consentPolicyQuery(ws))
  return (
    <Section title={text('privacy.purposes')} note={text('privacy.purposesNote')}>
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={6} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: StoredConsentPolicy; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const { role } = useWorkspace()
  const { now: policy, change, discard, isChanged, saving } = useDraft({ version: stored.version, value: stored.policy }, readAgain, (version, next) => changeConsentPolicy(ws, version, next))
  const purposes = policy.purposes ?? []
  const put = (next: readonly Purpose[]) => change((now) => ({ ...now, purposes: [...next] }))
  // A policy that was only suggested holds once it is saved, as it is or changed.
  const refused = !governs(role) ? text('settings.adminsOnly') : isChanged || stored.version === 0 ? undefined : text('settings.nothingNew')
  return (
    <>
      <ul className={style.purposes}>
        {purposes.map((purpose) => (
          <PurposeRow
            key={purpose.id}
            purpose={purpose}
            onChange={(change) => put(purposes.map((it) => (it === purpose ? { ...it, ...change } : it)))}
            onRemove={() => put(purposes.filter((it) => it !== purpose))}
          />
        ))}
      </ul>
      <AddNamed label={text('privacy.newPurpose')} onAdd={(name) => put([...purposes, newPurpose(policy, name)])} />
      <SectionEnd note={text(stored.version === 0 ? 'privacy.purposesSuggested' : 'privacy.purposesHold')}>
        {isChanged && <Button onClick={discard}>{text('draft.discard')}</Button>}
        <Button
          look="primary"
          aria-busy={saving.isPending}
          refused={refused}
          onClick={() => saving.mutate(undefined, { onSuccess: () => toast(text('privacy.saved')), onError: toastFailure })}
        >
          {text('privacy.savePurposes')}
        </Button>
      </SectionEnd>
    </>
  )
}

type RowProps = { readonly purpose: Purpose; readonly onChange: (change: Partial<Purpose>) => void; readonly onRemove: () => void }

function PurposeRow({ purpose, onChange, onRemove }: RowProps) {
  const text = useText()
  const called = purposeName(purpose.name, text)
  const channels = purpose.channels ?? []
  const toggle = (channel: Channel) => onChange({ channels: channels.includes(channel) ? channels.filter((it) => it !== channel) : [...channels, channel] })
  return (
    <li className={style.purpose} aria-label={called}>
      <div className={style.name}>
        <NameField label={text('privacy.name')} name={purpose.name} given={called} onChange={(name) => onChange({ name })} />
        <code>{purpose.id}</code>
      </div>
      <WordsField label={text('privacy.keys')} hint={text('privacy.keysHint', { id: purpose.id })} words={purpose.keys ?? []} onChange={(keys) => onChange({ keys })} />
      <div className={style.rights}>
        <SelectField
          size="s"
          label={text('privacy.basis')}
          value={purpose.basis ?? 'consent'}
          choices={(['consent', 'legitimate_interest'] as const).map((value) => ({ value, label: text(`privacy.bases.${value}`) }))}
          onChange={(basis) => onChange({ basis })}
        />
        <SelectField
          size="s"
          label={text('privacy.untold')}
          value={purpose.untold}
          choices={(['denied', 'granted'] as const).map((value) => ({ value, label: text(`consent.state.${value}`) }))}
          onChange={(untold) => onChange({ untold })}
        />
        <IconButton size="s" icon="trash" label={text('privacy.removePurpose', { name: called })} onClick={onRemove} />
      </div>
      <fieldset className={style.channels}>
        <legend>{text('privacy.channels')}</legend>
        {reaching.map((channel) => (
          <label key={channel}>
            <input type="checkbox" checked={channels.includes(channel)} onChange={() => toggle(channel)} />
            {text(`channel.${channel}`)}
          </label>
        ))}
        {channels.length === 0 && <small>{text('privacy.noChannels')}</small>}
      </fieldset>
    </li>
  )
}

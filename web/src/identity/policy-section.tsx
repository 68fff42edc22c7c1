import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type IdentityPolicy, policyQuery, savePolicy, type StoredPolicy, tryPolicy } from '../api/identity.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { ReasonDialog } from '../ui/reason-dialog.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './identity.module.css'
import { plain } from './policy.ts'
import { Effect } from './policy-effect.tsx'
import { SharedRules } from './shared-rules.tsx'
import { TraitRules } from './trait-rules.tsx'
import { TypeRules } from './type-rules.tsx'

/** The policy: which identifiers join, within which limits. */
export function PolicySection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery(policyQuery(ws))
  return (
    <Section title={text('identity.policy')} note={text('identity.policyNote')}>
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={9} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: StoredPolicy; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const { now: policy, change, discard, isChanged, saving } = useDraft({ version: stored.version, value: plain(stored.policy) }, readAgain, (version, next, why: string) => savePolicy(ws, version, next, why))
  const edit = (next: IdentityPolicy) => change(() => next)
  const [isSaving, setSaving] = useState(false)
  const trying = useMutation({ mutationFn: (tried: IdentityPolicy) => tryPolicy(ws, tried), onError: toastFailure })
  // What was tried may have been another policy.
  const preview = trying.variables === policy ? trying.data : undefined
  const refused = !governs(role) ? text('settings.adminsOnly') : !isChanged ? text('settings.nothingNew') : preview?.effect == null ? text('identity.tryFirst') : undefined
  return (
    <>
      <TypeRules policy={policy} onChange={edit} />
      <div className={style.country}>
        <TextField
          label={text('identity.country')}
          hint={text('identity.countryHint')}
          maxLength={2}
          size="s"
          value={policy.country ?? ''}
          onChange={(next) => edit({ ...policy, country: next.trim() === '' ? null : next.trim().toUpperCase() })}
        />
      </div>
      <SharedRules policy={policy} onChange={edit} />
      <TraitRules policy={policy} onChange={edit} />
      {preview !== undefined && <Effect preview={preview} />}
      <SectionEnd
        note={stored.saved == null ? text('identity.neverSaved') : text('identity.savedBy', { by: stored.saved.by, time: format.moment(stored.saved.at), why: stored.saved.why })}
      >
        {isChanged && <Button onClick={discard}>{text('draft.discard')}</Button>}
        <Button aria-busy={trying.isPending} refused={isChanged ? undefined : text('settings.nothingNew')} onClick={() => trying.mutate(policy)}>
          {text('identity.try')}
        </Button>
        <Button look="primary" aria-busy={saving.isPending} refused={refused} onClick={() => setSaving(true)}>
          {text('identity.save')}
        </Button>
      </SectionEnd>
      {isSaving && (
        <ReasonDialog
          title={text('identity.saveTitle')}
          note={text('identity.saveNote')}
          action={text('identity.saveAction')}
          onDecide={(why) => saving.mutate(why, { onSuccess: () => toast(text('identity.saved')), onError: toastFailure })}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  )
}

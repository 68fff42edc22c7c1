import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeCrm, type Crm, crmQuery, type CrmSettings, previewCrm, removeCrm, runCrm } from '../api/crm.ts'
import { mapsQuery } from '../api/map.ts'
import { consentPolicyQuery } from '../api/privacy.ts'
import { segmentsQuery } from '../api/segment.ts'
import { traitsQuery } from '../api/traits.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ApiError } from '../lib/api-error.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { FaultList } from '../ui/fault-list.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { rulesOf, spansOffered, withNewRule, withoutRule, withRule } from './crm.ts'
import { CrmLastRun, CrmPreviewTable } from './crm-preview.tsx'
import { type CrmNames, CrmRuleRow } from './crm-rule.tsx'
import style from './settings.module.css'

/** What is written to the contacts of HubSpot. */
export function CrmSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery(crmQuery(ws))
  return (
    <Section title={text('crm.title')} note={text('crm.note')}>
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={4} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: Crm; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const names = useNames(ws)
  const [token, setToken] = useState('')
  const [isRemoving, setRemoving] = useState(false)
  const { now, change, discard, isChanged, saving } = useDraft<CrmSettings, string>({ version: stored.version, value: stored.settings }, readAgain, (version, next, pasted) =>
    changeCrm(ws, version, next, pasted),
  )
  const preview = useMutation({ mutationFn: () => previewCrm(ws, now), onError: toastFailure })
  const run = useMutation({ mutationFn: () => runCrm(ws), onSuccess: () => toast(text('crm.began')), onError: toastFailure })
  const removal = useMutation({ mutationFn: () => removeCrm(ws), onSuccess: () => toast(text('crm.removed')), onError: toastFailure })
  const purposes = useQuery(consentPolicyQuery(ws)).data?.policy.purposes ?? []
  const faults = [saving.error, preview.error].flatMap((it) => (it instanceof ApiError ? it.faults : []))
  const rules = rulesOf(now)
  const isNew = isChanged || token.trim() !== ''
  const every = now.every ?? '15m'
  const noToken = stored.has_token ? undefined : text('crm.tokenFirst')
  const noRules = rules.length === 0 ? text('crm.ruleFirst') : undefined
  const runRefused = noToken ?? (stored.settings.is_on === true ? undefined : text('crm.onFirst')) ?? (stored.is_running ? text('crm.running') : undefined) ?? (isNew ? text('crm.saveFirst') : undefined)
  const save = () =>
    saving.mutate(token.trim(), {
      onSuccess: () => {
        setToken('')
        toast(text('crm.saved'))
      },
      onError: toastFailure,
    })
  return (
    <div className={style.wideForms}>
      <div className={style.form}>
        <TextField
          type="password"
          mono
          label={text('crm.token')}
          hint={text(stored.has_token ? 'crm.tokenKept' : 'crm.tokenHint')}
          value={token}
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          onChange={setToken}
        />
        <SelectField
          label={text('crm.on')}
          value={now.is_on === true ? 'on' : 'off'}
          choices={(['off', 'on'] as const).map((value) => ({ value, label: text(`crm.onIs.${value}`) }))}
          onChange={(value) => change((it) => ({ ...it, is_on: value === 'on' }))}
        />
        <SelectField label={text('crm.every')} value={every} choices={spansOffered(every, format)} onChange={(value) => change((it) => ({ ...it, every: value }))} />
      </div>
      <div className={style.form}>
        <SelectField
          label={text('crm.creates')}
          value={now.creates === true ? 'make' : 'leave'}
          choices={(['leave', 'make'] as const).map((value) => ({ value, label: text(`crm.createsIs.${value}`) }))}
          onChange={(value) => change((it) => ({ ...it, creates: value === 'make' }))}
        />
        <SelectField
          label={text('crm.purpose')}
          hint={text('crm.purposeHint')}
          value={now.purpose ?? ''}
          choices={[{ value: '', label: text('crm.purposeNone') }, ...purposes.map((it) => ({ value: it.id, label: it.name }))]}
          onChange={(value) => change((it) => ({ ...it, purpose: value === '' ? null : value }))}
        />
      </div>
      {rules.map((rule, index) => (
        // Rules have no names of their own; they stay in their places while they are typed.
        <CrmRuleRow key={index} rule={rule} number={index + 1} names={names} onChange={(next) => change((it) => withRule(it, index, next))} onRemove={() => change((it) => withoutRule(it, index))} />
      ))}
      <div className={style.actions}>
        <Button size="s" icon="plus" onClick={() => change(withNewRule)}>
          {text('crm.addRule')}
        </Button>
        <Button size="s" aria-busy={preview.isPending} refused={noToken ?? noRules} onClick={() => preview.mutate()}>
          {text('crm.preview')}
        </Button>
      </div>
      <FaultList faults={faults} />
      {preview.data !== undefined && <CrmPreviewTable preview={preview.data} />}
      {stored.last != null && <CrmLastRun run={stored.last} />}
      <SectionEnd note={text(stored.is_running ? 'crm.running' : stored.settings.is_on === true ? 'crm.onIs.on' : 'crm.onIs.off')}>
        {stored.version > 0 && <Button onClick={() => setRemoving(true)}>{text('crm.remove')}</Button>}
        {isNew && (
          <Button
            onClick={() => {
              discard()
              setToken('')
            }}
          >
            {text('draft.discard')}
          </Button>
        )}
        <Button aria-busy={run.isPending} refused={runRefused} onClick={() => run.mutate()}>
          {text('crm.run')}
        </Button>
        <Button look="primary" aria-busy={saving.isPending} refused={isNew ? undefined : text('settings.nothingNew')} onClick={save}>
          {text('crm.save')}
        </Button>
      </SectionEnd>
      {isRemoving && (
        <ConfirmDelete title={text('crm.removeTitle')} note={text('crm.removeNote')} action={text('crm.remove')} onConfirm={() => removal.mutate()} onClose={() => setRemoving(false)} />
      )}
    </div>
  )
}

function useNames(ws: string): CrmNames {
  const traits = useQuery(traitsQuery(ws)).data?.traits ?? []
  const maps = useQuery(mapsQuery(ws)).data?.maps ?? []
  const segments = useQuery(segmentsQuery(ws)).data?.segments ?? []
  const choice = (it: { readonly id: string; readonly title: string }) => ({ value: it.id, label: it.title })
  return { traits: traits.map((it) => it.name), maps: maps.map(choice), segments: segments.map(choice) }
}

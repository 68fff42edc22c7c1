import { useState } from 'react'
import { changeLinkSettings, type StoredLinkSettings } from '../api/sent-links.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { SectionEnd } from '../ui/page.tsx'
import { spanInWords } from '../ui/people-words.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './link.module.css'
import { spansOffered, typedParameters } from './sent-links.ts'

type LinkSettingsProps = { readonly ws: string; readonly stored: StoredLinkSettings; readonly readAgain: () => unknown }

/** Whether links are asked for, how often, and which parameters of addresses are kept. */
export function LinkSettings({ ws, stored, readAgain }: LinkSettingsProps) {
  const text = useText()
  const { role } = useWorkspace()
  const { now, change, discard, isChanged, saving } = useDraft({ version: stored.version, value: stored.settings }, readAgain, (version, next) => changeLinkSettings(ws, version, next))
  const [typed, setTyped] = useState((stored.settings.parameters ?? []).join(', '))
  const refused = governs(role) ? (isChanged ? undefined : text('settings.nothingNew')) : text('settings.adminsOnly')
  const every = now.every ?? '1d'
  return (
    <>
      <div className={style.form}>
        <SelectField
          label={text('sentLink.asks')}
          hint={text('sentLink.asksHint')}
          value={now.is_on === true ? 'on' : 'off'}
          choices={(['off', 'on'] as const).map((value) => ({ value, label: text(`sentLink.is.${value}`) }))}
          onChange={(value) => change((it) => ({ ...it, is_on: value === 'on' }))}
        />
        <SelectField
          label={text('sentLink.every')}
          value={every}
          choices={spansOffered(every).map((value) => ({ value, label: text('sentLink.everySpan', { span: spanInWords(value === '1w' ? '7d' : value, text) }) }))}
          onChange={(value) => change((it) => ({ ...it, every: value }))}
        />
        <TextField
          label={text('sentLink.parameters')}
          hint={text('sentLink.parametersHint')}
          value={typed}
          autoComplete="off"
          onChange={(value) => {
            setTyped(value)
            change((it) => ({ ...it, parameters: typedParameters(value) ?? [] }))
          }}
        />
      </div>
      <SectionEnd note={text(stored.settings.is_on === true ? 'sentLink.is.on' : 'sentLink.is.off')}>
        {isChanged && (
          <Button
            onClick={() => {
              discard()
              setTyped((stored.settings.parameters ?? []).join(', '))
            }}
          >
            {text('draft.discard')}
          </Button>
        )}
        <Button
          look="primary"
          aria-busy={saving.isPending}
          refused={refused}
          onClick={() => saving.mutate(undefined, { onSuccess: () => toast(text('sentLink.saved')), onError: toastFailure })}
        >
          {text('sentLink.save')}
        </Button>
      </SectionEnd>
    </>
  )
}

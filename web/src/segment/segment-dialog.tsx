import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { PeopleRule } from '../api/model.ts'
import { peopleCountQuery } from '../api/segment.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { PeopleBuilder } from '../ui/people-builder.tsx'
import { useSettled } from '../ui/use-settled.ts'
import { countOf } from './segment.ts'
import style from './segment.module.css'

/** As many letters as the server takes. */
const [TITLE_MAX, DESCRIPTION_MAX] = [100, 2000]

export type SegmentDraft = { readonly title: string; readonly description: string; readonly rule: PeopleRule | null }

type DialogProps = {
  readonly heading: string
  readonly draft: SegmentDraft
  /** A list of people has no rule to edit. */
  readonly isListed?: boolean
  readonly isBusy: boolean
  readonly onSave: (draft: SegmentDraft) => void
  readonly onClose: () => void
}

/** Names a segment and says who is in it, counted while it is edited. */
export function SegmentDialog({ heading, draft, isListed = false, isBusy, onSave, onClose }: DialogProps) {
  const text = useText()
  const form = useId()
  const [now, setNow] = useState(draft)
  const { title, description, rule } = now
  const refused = title.trim() === '' ? text('look.nameFirst') : !isListed && rule === null ? text('segment.ruleFirst') : undefined
  return (
    <Dialog
      title={heading}
      width={isListed ? 480 : 860}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" aria-busy={isBusy} refused={refused}>
            {text('report.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !isBusy) onSave({ title: title.trim(), description: description.trim(), rule })
        }}
      >
        <TextField label={text('report.title')} autoFocus maxLength={TITLE_MAX} value={title} onChange={(next) => setNow({ ...now, title: next })} />
        <TextArea label={text('report.description')} hint={text('segment.descriptionHint')} rows={2} maxLength={DESCRIPTION_MAX} value={description} onChange={(next) => setNow({ ...now, description: next })} />
        {!isListed && <RuleCounted rule={rule} onChange={(next) => setNow({ ...now, rule: next })} />}
      </form>
    </Dialog>
  )
}

function RuleCounted({ rule, onChange }: { readonly rule: PeopleRule | null; readonly onChange: (rule: PeopleRule | null) => void }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const source = usePeopleSource()
  const asked = useSettled(rule)
  const counts = useQuery(peopleCountQuery(ws, asked))
  // Counts of another shape would stand beside the wrong conditions.
  const known = rule !== null && asked === rule && !counts.isPlaceholderData ? counts.data : undefined
  const countAt = (place: string) => {
    const count = known === undefined ? null : countOf(known, place)
    return count === null ? null : format.count(count)
  }
  return (
    <fieldset className={style.rule}>
      <legend>{text('segment.who')}</legend>
      <PeopleBuilder rule={rule} source={source} onChange={onChange} countAt={countAt} />
      <p className={style.live} role="status" data-stale={known === undefined || undefined}>
        {rule === null
          ? text('segment.noRule')
          : counts.error !== null
            ? errorText(text, counts.error)
            : counts.data === undefined
              ? text('look.loading')
              : text('segment.satisfy', { count: counts.data.people, shown: format.count(counts.data.people), everybody: format.count(counts.data.everybody), share: format.share(counts.data.everybody === 0 ? 0 : counts.data.people / counts.data.everybody) })}
      </p>
    </fieldset>
  )
}

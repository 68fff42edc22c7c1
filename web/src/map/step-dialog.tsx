import { useId, useState } from 'react'
import type { Matcher } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { takesAll } from '../ui/matcher.ts'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { useEditor } from './editor.ts'
import style from './map.module.css'

type StepDialogProps = {
  readonly stage: string
  readonly index: number
  readonly title?: string
  readonly matcher?: Matcher
  readonly onClose: () => void
}

/** A new step: what it is called, and which events it is. */
export function StepDialog({ stage, index, title: first = '', matcher: bound = {}, onClose }: StepDialogProps) {
  const text = useText()
  const form = useId()
  const editor = useEditor()
  const source = useMatcherSource()
  const [title, setTitle] = useState(first)
  const [matcher, setMatcher] = useState(bound)
  const refused = title.trim() === '' ? text('look.nameFirst') : takesAll(matcher) ? text('map.bindFirst') : undefined
  return (
    <Dialog
      title={text('map.addStep')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" refused={refused}>
            {text('map.addStep')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused !== undefined) return
          editor.act({ kind: 'edit', edit: { kind: 'add_step', stage, index, title: title.trim(), matcher } })
          onClose()
        }}
      >
        <TextField label={text('map.stepTitle')} hint={text('map.stepTitleHint')} autoFocus maxLength={200} value={title} onChange={setTitle} />
        <MatcherPicker label={text('map.binding')} value={matcher} source={source} onChange={setMatcher} />
      </form>
    </Dialog>
  )
}

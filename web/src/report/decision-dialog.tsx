import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { createDecision } from '../api/decision.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import type { ExportAnswer } from './export-menu.tsx'
import style from './target.module.css'
import type { Question } from './use-saved.ts'

/** As many letters as the server takes. */
const [TITLE_MAX, TEXT_MAX] = [100, 20_000]

type RecordProps = {
  readonly question: Question
  /** What the page shows now; a decision is made on what was seen. */
  readonly answer: ExportAnswer | undefined
  readonly refused: string | undefined
}

/** Keeps what was decided together with the numbers that the page shows. */
export function RecordDecision({ question, answer, refused }: RecordProps) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button icon="decision" refused={refused ?? (answer === undefined ? text('export.nothing') : undefined)} onClick={() => setOpen(true)}>
        {text('decision.record')}
      </Button>
      {isOpen && answer !== undefined && <DecisionDialog question={question} answer={answer} onClose={() => setOpen(false)} />}
    </>
  )
}

function DecisionDialog({ question, answer, onClose }: { readonly question: Question; readonly answer: ExportAnswer; readonly onClose: () => void }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const navigate = useNavigate()
  const save = async (words: DecisionWords) => {
    if (question.report === null) return
    const { title } = words
    const page = { name: question.page, search: question.search }
    const id = await createDecision(ws, { decision: words, report: question.report, asked: answer.facts.asked, page })
    toast(text('decision.saved', { title }), { label: text('decision.open'), run: () => void navigate({ to: '/w/$ws/decisions/$decision', params: { ws, decision: id } }) })
    onClose()
  }
  const today = format.dayOf(new Date(answer.facts.asked).toISOString())
  return (
    <DecisionForm
      heading={text('decision.record')}
      words={{ title: '', text: '', day: today }}
      note={text('decision.keeps', { report: answer.name, asked: format.moment(answer.facts.asked), n: format.count(answer.facts.n) })}
      onSave={save}
      onClose={onClose}
    />
  )
}

export type DecisionWords = { readonly title: string; readonly text: string; readonly day: string }

type FormProps = {
  readonly heading: string
  readonly words: DecisionWords
  readonly note: string
  readonly onSave: (words: DecisionWords) => Promise<void>
  readonly onClose: () => void
}

/** The words of a decision. */
export function DecisionForm({ heading, words, note, onSave, onClose }: FormProps) {
  const text = useText()
  const form = useId()
  const [title, setTitle] = useState(words.title)
  const [about, setAbout] = useState(words.text)
  const [day, setDay] = useState(words.day)
  const [isBusy, setBusy] = useState(false)
  const refused = title.trim() === '' ? text('look.nameFirst') : day === '' ? text('decision.dayFirst') : undefined
  const save = async () => {
    setBusy(true)
    try {
      await onSave({ title: title.trim(), text: about.trim(), day })
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={heading}
      width={520}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" aria-busy={isBusy} refused={refused}>
            {text('decision.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !isBusy) void save()
        }}
      >
        <TextField label={text('decision.title')} autoFocus maxLength={TITLE_MAX} value={title} onChange={setTitle} />
        <TextArea label={text('decision.text')} hint={text('decision.textHint')} rows={5} maxLength={TEXT_MAX} value={about} onChange={setAbout} />
        <TextField label={text('decision.day')} type="date" value={day} onChange={setDay} />
        <p className={style.quiet}>{note}</p>
      </form>
    </Dialog>
  )
}

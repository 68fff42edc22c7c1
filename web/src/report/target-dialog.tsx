import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { mapQuery, mapsQuery } from '../api/map.ts'
import { reportsQuery } from '../api/report.ts'
import { changeTarget, createTarget, type NumberForm, reportNumbersQuery, type StoredTarget, type Target, type TargetOf } from '../api/target.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { boundOf, formOfStep, keyOfTarget, placeOfTarget, read, type Side, sideOf, stepNumbers, written } from './target.ts'
import style from './target.module.css'
import { useNumberWords, useTargetName } from './use-number-words.ts'

/** As many letters as the server takes. */
const [TITLE_MAX, NOTE_MAX] = [100, 2000]

type DialogProps = {
  /** The target that is changed; none for a new one. */
  readonly stored: StoredTarget | null
  readonly form: NumberForm
  readonly onClose: () => void
}

/** Asks which number should be how much, and from when on. */
export function TargetDialog({ stored, form: known, onClose }: DialogProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const id = useId()
  const [place, setPlace] = useState(() => (stored === null ? '' : keyOfPlace(stored.target.of)))
  const [number, setNumber] = useState<Choice | null>(() => (stored === null ? null : { of: stored.target.of, form: known, value: null }))
  const [title, setTitle] = useState(stored?.target.title ?? '')
  const [note, setNote] = useState(stored?.target.note ?? '')
  const [side, setSide] = useState<Side>(() => (stored === null ? 'at_least' : sideOf(stored.target.bound).side))
  const [words, setWords] = useState(() => (stored === null ? '' : written(sideOf(stored.target.bound).value, known)))
  const [since, setSince] = useState(stored?.target.since ?? '')
  const [isBusy, setBusy] = useState(false)
  const places = usePlaces()
  const choices = useChoices(place)
  const chosen = number ?? choices[0] ?? null
  const form = chosen?.form ?? 'count'
  const value = read(words, form)
  const refused = title.trim() === '' ? text('look.nameFirst') : chosen === null ? text('target.numberFirst') : value === null ? text('target.valueFirst') : undefined
  const save = async () => {
    if (chosen === null || value === null) return
    setBusy(true)
    const target: Target = {
      title: title.trim(),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      of: chosen.of,
      bound: boundOf(side, value),
      ...(since === '' ? {} : { since }),
      ...(stored?.owner == null ? {} : { owner: stored.owner.id }),
    }
    try {
      await (stored === null ? createTarget(ws, target) : changeTarget(ws, stored.id, stored.version, target))
      toast(text('target.saved', { title: target.title }))
      onClose()
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={text(stored === null ? 'target.new' : 'target.edit')}
      width={520}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={id} look="primary" aria-busy={isBusy} refused={refused}>
            {text('target.save')}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !isBusy) void save()
        }}
      >
        <SelectField
          label={text('target.about')}
          value={place}
          choices={[{ value: '', label: text('target.choose') }, ...places]}
          onChange={(next) => {
            setPlace(next)
            setNumber(null)
          }}
        />
        {place !== '' && (
          <NumberField
            choices={choices}
            chosen={chosen}
            onChoose={(next) => {
              setNumber(next)
              if (next.form !== form) setWords('')
            }}
          />
        )}
        <div className={style.bound}>
          <SelectField
            label={text('target.side')}
            value={side}
            choices={(['at_least', 'at_most'] as const).map((it) => ({ value: it, label: text(`target.sides.${it}`) }))}
            onChange={setSide}
          />
          <TextField label={text('target.value')} inputMode="decimal" hint={form === 'share' ? text('target.inPercent') : form === 'span' ? text('target.inHours') : undefined} value={words} onChange={setWords} />
          <TextField label={text('target.since')} type="date" value={since} onChange={setSince} />
        </div>
        <TextField label={text('target.title')} maxLength={TITLE_MAX} value={title} onChange={setTitle} />
        <TextArea label={text('target.note')} hint={text('target.noteHint')} rows={2} maxLength={NOTE_MAX} value={note} onChange={setNote} />
      </form>
    </Dialog>
  )
}

type Choice = { readonly of: TargetOf; readonly form: NumberForm; readonly value: number | null }

function NumberField({ choices, chosen, onChoose }: { readonly choices: readonly Choice[]; readonly chosen: Choice | null; readonly onChoose: (choice: Choice) => void }) {
  const text = useText()
  if (choices.length === 0) return <p className={style.quiet}>{text('target.noNumbers')}</p>
  const key = chosen === null ? '' : keyOfTarget(chosen.of)
  return (
    <fieldset className={style.numbers}>
      <legend>{text('target.number')}</legend>
      {choices.map((it) => (
        <NumberChoice key={keyOfTarget(it.of)} choice={it} isChosen={keyOfTarget(it.of) === key} onChoose={() => onChoose(it)} />
      ))}
    </fieldset>
  )
}

function NumberChoice({ choice, isChosen, onChoose }: { readonly choice: Choice; readonly isChosen: boolean; readonly onChoose: () => void }) {
  const text = useText()
  const name = useTargetName(choice.of)
  const words = useNumberWords()
  return (
    <label className={style.choice}>
      <input type="radio" name="number" checked={isChosen} onChange={onChoose} />
      <span>{name}</span>
      {choice.value !== null && <span className={style.quiet}>{text('target.now', { value: words(choice.value, choice.form) })}</span>}
    </label>
  )
}

function keyOfPlace(of: TargetOf): string {
  const { kind, id } = placeOfTarget(of)
  return `${kind} ${id}`
}

/** Saved reports and maps. */
function usePlaces() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data: reports } = useQuery(reportsQuery(ws))
  const { data: maps } = useQuery(mapsQuery(ws))
  return [
    ...(reports?.reports ?? []).map((it) => ({ value: `report ${it.id}`, label: text('target.aReport', { title: it.title }) })),
    ...(maps?.maps ?? []).map((it) => ({ value: `map ${it.id}`, label: text('target.aMap', { title: it.title }) })),
  ]
}

/** The numbers of what was chosen. */
function useChoices(place: string): readonly Choice[] {
  const { id: ws } = useWorkspace()
  const [kind, ...rest] = place.split(' ')
  const id = rest.join(' ')
  const { data: numbers } = useQuery(reportNumbersQuery(ws, kind === 'report' ? id : ''))
  const { data: map } = useQuery({ ...mapQuery(ws, id), enabled: kind === 'map', retry: false })
  if (kind === 'report') return (numbers?.numbers ?? []).map(({ of, form, value }) => ({ of, form, value: value ?? null }))
  const steps = map?.map.stages.flatMap((stage) => stage.steps) ?? []
  return steps.flatMap((step) => stepNumbers.map((number): Choice => ({ of: { step: { map: id, step: step.id, number } }, form: formOfStep(number), value: null })))
}

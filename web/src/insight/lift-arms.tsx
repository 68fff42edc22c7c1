import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Lift, LiftArms, LiftValue } from '../api/lift.ts'
import type { PeopleNamesSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { PeopleBuilder } from '../ui/people-builder.tsx'
import { makeLeaf } from '../ui/people-rule.ts'
import { Segments } from '../ui/segments.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { armKinds, kindOfArms, startOfArms } from './lift.ts'

/** A text, a number or a flag. */
type Value = LiftValue
type ChoiceProps = { readonly lift: Lift; readonly edit: (change: Partial<Lift>) => void; readonly source: PeopleNamesSource }

/** Who was treated and who was not, and whether chance said so. */
export function LiftArmsChoice({ lift, edit, source }: ChoiceProps) {
  const text = useText()
  const { arms } = lift
  const set = (next: LiftArms) => edit({ arms: next })
  return (
    <div className={style.choices}>
      <Segments
        label={text('lift.splitBy')}
        value={kindOfArms(arms)}
        segments={armKinds.map((value) => ({ value, label: text(`lift.arms.${value}`) }))}
        onChange={(kind) => set(startOfArms(kind))}
      />
      {'field' in arms && (
        <>
          <SelectField
            size="s"
            label={text('lift.field')}
            value={arms.field.field}
            choices={[{ value: '', label: text('lift.choose') }, ...fieldChoices(source.fields.map((it) => it.field), text)]}
            onChange={(field) => set({ field: { field, control: '' } })}
          />
          <Values
            key={arms.field.field}
            name={arms.field.field}
            of={source}
            control={arms.field.control}
            treated={arms.field.treated ?? []}
            onChange={(control, treated) => set({ field: { field: arms.field.field, control, treated } })}
          />
        </>
      )}
      {'trait' in arms && (
        <>
          <SelectField
            size="s"
            label={text('lift.trait')}
            hint={text('lift.traitNote')}
            value={arms.trait.name}
            choices={[{ value: '', label: text('lift.choose') }, ...source.traits.fields.map(({ field }) => ({ value: field, label: field }))]}
            onChange={(name) => set({ trait: { name, control: '' } })}
          />
          <Values
            key={arms.trait.name}
            name={arms.trait.name}
            of={source.traits}
            control={arms.trait.control}
            treated={arms.trait.treated ?? []}
            onChange={(control, treated) => set({ trait: { name: arms.trait.name, control, treated } })}
          />
        </>
      )}
      {'people' in arms && <PeopleArms arms={arms} source={source} onChange={set} />}
      <label className={style.check}>
        <input type="checkbox" checked={lift.random === true} onChange={(event) => edit(event.currentTarget.checked ? { random: true } : { random: false, control_permille: null })} />
        {text('lift.random')}
      </label>
      {lift.random === true && <PlannedShare permille={lift.control_permille ?? null} onChange={(permille) => edit({ control_permille: permille })} />}
    </div>
  )
}

type ValuesProps = {
  readonly name: string
  readonly of: Pick<PeopleNamesSource, 'values'>
  readonly control: Value
  readonly treated: readonly Value[]
  readonly onChange: (control: Value, treated: readonly Value[]) => void
}

/** The value of those who were not treated, and which others are held against it. */
function Values({ name, of, control, treated, onChange }: ValuesProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data = [] } = useQuery({ queryKey: ['w', ws, 'lift values', name], queryFn: () => of.values(name, ''), enabled: name !== '' })
  if (name === '') return null
  const key = (value: Value) => JSON.stringify(value)
  const known = new Map<string, Value>([...data.map((it) => it.value), control, ...treated].filter((it) => it !== '').map((it) => [key(it), it]))
  const choices = [...known].map(([value, it]) => ({ value, label: String(it) }))
  const [one] = treated
  const find = (value: string) => known.get(value)
  return (
    <div className={style.pair}>
      <SelectField
        size="s"
        label={text('lift.control')}
        value={key(control)}
        choices={[{ value: key(''), label: text('lift.choose') }, ...choices]}
        onChange={(value) => onChange(find(value) ?? '', treated.filter((it) => key(it) !== value))}
      />
      <SelectField
        size="s"
        label={text('lift.treated')}
        value={treated.length > 1 ? 'some' : one === undefined ? '' : key(one)}
        choices={[
          { value: '', label: text('lift.allOthers') },
          ...(treated.length > 1 ? [{ value: 'some', label: text('lift.someOthers', { count: treated.length }) }] : []),
          ...choices.filter((it) => it.value !== key(control)),
        ]}
        onChange={(value) => {
          const chosen = find(value)
          if (value !== 'some') onChange(control, chosen === undefined ? [] : [chosen])
        }}
      />
    </div>
  )
}

type PeopleProps = { readonly arms: Extract<LiftArms, { readonly people: unknown }>; readonly source: PeopleNamesSource; readonly onChange: (arms: LiftArms) => void }

/** Two rules about people. */
function PeopleArms({ arms, source, onChange }: PeopleProps) {
  const text = useText()
  const { treated, control } = arms.people
  const start = () => makeLeaf(source.segments.length > 0 ? 'segment' : 'did', null, source)
  return (
    <>
      <div role="group" aria-label={text('lift.treated')}>
        <p className={style.quiet}>{text('lift.treated')}</p>
        <PeopleBuilder rule={treated} source={source} onChange={(rule) => onChange({ people: { ...arms.people, treated: rule ?? { all: [] } } })} />
      </div>
      <SelectField
        size="s"
        label={text('lift.control')}
        value={control == null ? 'rest' : 'own'}
        choices={(['rest', 'own'] as const).map((value) => ({ value, label: text(`lift.controls.${value}`) }))}
        onChange={(value) => onChange({ people: { treated, ...(value === 'own' ? { control: start() } : {}) } })}
      />
      {control != null && <PeopleBuilder rule={control} source={source} onChange={(rule) => onChange({ people: { treated, ...(rule === null ? {} : { control: rule }) } })} />}
    </>
  )
}

/** How many of all were meant for the control, in percent; nothing where all arms are alike. */
function PlannedShare({ permille, onChange }: { readonly permille: number | null; readonly onChange: (permille: number | null) => void }) {
  const text = useText()
  const shown = permille === null ? '' : String(permille / 10)
  const [written, setWritten] = useState({ of: shown, words: shown })
  const words = written.of === shown ? written.words : shown
  const next = words.trim() === '' ? null : Math.round(Number(words) * 10)
  const isSound = next === null || (Number.isFinite(next) && next >= 1 && next <= 999)
  return (
    <TextField
      size="s"
      inputMode="decimal"
      label={text('lift.planned')}
      hint={text('lift.plannedNote')}
      fault={isSound ? undefined : text('lift.plannedFault')}
      value={words}
      onChange={(value) => setWritten({ of: shown, words: value })}
      onBlur={() => {
        if (isSound && next !== permille) onChange(next)
      }}
    />
  )
}

import { useText } from '../i18n/use-text.ts'
import { type Choice, SelectField } from '../ui/field.tsx'
import { toggled } from './drivers.ts'
import style from './funnel.module.css'

type NameTicksProps = {
  readonly label: string
  /** Offered without being looked for. */
  readonly usual?: readonly Choice<string>[]
  readonly chosen: readonly string[]
  readonly all: readonly Choice<string>[]
  readonly onChange: (names: readonly string[]) => void
}

/** Fields or traits that are looked at: the usual ones and those that are chosen to tick, any other to add. */
export function NameTicks({ label, usual = [], chosen, all, onChange }: NameTicksProps) {
  const text = useText()
  const added = chosen.filter((name) => !usual.some((it) => it.value === name))
  const listed = [...usual, ...added.map((name) => ({ value: name, label: all.find((it) => it.value === name)?.label ?? name }))]
  const others = all.filter((it) => !listed.some((one) => one.value === it.value))
  return (
    <fieldset className={style.fields}>
      <legend>{label}</legend>
      {listed.map((it) => (
        <label key={it.value} className={style.check}>
          <input type="checkbox" checked={chosen.includes(it.value)} onChange={() => onChange(toggled(chosen, it.value))} />
          {it.label}
        </label>
      ))}
      {others.length > 0 && (
        <SelectField
          size="s"
          label={text('drivers.addTo', { name: label })}
          labelHidden
          value=""
          choices={[{ value: '', label: text('drivers.addField') }, ...others]}
          onChange={(name) => name !== '' && onChange(toggled(chosen, name))}
        />
      )}
    </fieldset>
  )
}

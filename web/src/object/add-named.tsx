import { useId, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import style from './kinds.module.css'

type AddNamedProps = {
  readonly label: string
  /** What is offered while one types. */
  readonly known?: readonly string[]
  readonly onAdd: (name: string) => void
}

/** Adds something by its name. */
export function AddNamed({ label, known = [], onAdd }: AddNamedProps) {
  const text = useText()
  const list = useId()
  const [name, setName] = useState('')
  return (
    <form
      className={style.add}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() === '') return
        onAdd(name.trim())
        setName('')
      }}
    >
      <TextField size="s" label={label} value={name} maxLength={100} list={known.length > 0 ? list : undefined} onChange={setName} />
      {known.length > 0 && (
        <datalist id={list}>
          {known.map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      )}
      <Button size="s" type="submit" icon="plus" refused={name.trim() === '' ? text('vocabulary.nameFirst') : undefined}>
        {text('vocabulary.add')}
      </Button>
    </form>
  )
}

import { useId, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import style from './add-named.module.css'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'

type AddNamedProps = {
  readonly label: string
  /** What is offered while one types. */
  readonly known?: readonly string[]
  /** Why a name cannot be added. */
  readonly faultOf?: (name: string) => string | undefined
  readonly onAdd: (name: string) => void
}

/** Adds something by its name. */
export function AddNamed({ label, known = [], faultOf, onAdd }: AddNamedProps) {
  const text = useText()
  const list = useId()
  const [typed, setTyped] = useState('')
  const name = typed.trim()
  const refused = name === '' ? text('draft.nameFirst') : faultOf?.(name)
  return (
    <form
      className={style.add}
      onSubmit={(event) => {
        event.preventDefault()
        if (refused !== undefined) return
        onAdd(name)
        setTyped('')
      }}
    >
      <TextField size="s" label={label} value={typed} maxLength={100} list={known.length > 0 ? list : undefined} onChange={setTyped} />
      {known.length > 0 && (
        <datalist id={list}>
          {known.map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      )}
      <Button size="s" type="submit" icon="plus" refused={refused}>
        {text('draft.add')}
      </Button>
    </form>
  )
}

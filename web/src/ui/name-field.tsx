import { useState } from 'react'
import { TextField } from './field.tsx'

type NameFieldProps = {
  readonly label: string
  readonly labelHidden?: boolean
  readonly name: string
  /** The name as it is read: one that nobody has changed is told in the language of the page. */
  readonly given: string
  readonly onChange: (name: string) => void
}

/** A name that may be given by the product: told in the language of the page, but as it is typed while somebody types. */
export function NameField({ label, labelHidden = false, name, given, onChange }: NameFieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <TextField
      size="s"
      label={label}
      labelHidden={labelHidden}
      value={typed === name ? name : given}
      maxLength={100}
      onChange={(next) => {
        setTyped(next)
        onChange(next)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

import { useState } from 'react'
import { givenName } from '../api/use-kinds.ts'
import { useText } from '../i18n/use-text.ts'
import { TextField } from '../ui/field.tsx'

type NameFieldProps = { readonly name: string; readonly labelHidden?: boolean; readonly onChange: (name: string) => void }

/** The name of a kind or a state: told in the language of the page, but as it is typed while somebody types. */
export function NameField({ name, labelHidden = false, onChange }: NameFieldProps) {
  const text = useText()
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <TextField
      size="s"
      label={text('vocabulary.name')}
      labelHidden={labelHidden}
      value={typed === name ? name : givenName(name, text)}
      maxLength={100}
      onChange={(next) => {
        setTyped(next)
        onChange(next)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

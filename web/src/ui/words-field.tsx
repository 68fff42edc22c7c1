import { useState } from 'react'
import { wordsOf } from '../lib/list.ts'
import { isSame } from '../lib/same.ts'
import { TextField } from './field.tsx'

type WordsFieldProps = {
  readonly label: string
  readonly hint: string
  readonly words: readonly string[]
  readonly onChange: (words: string[]) => void
}

/** Words with commas between. What is typed stays as it is while it says these words; other words replace it. */
export function WordsField({ label, hint, words, onChange }: WordsFieldProps) {
  const [typed, setTyped] = useState('')
  return (
    <TextField
      size="s"
      label={label}
      hint={hint}
      value={isSame(wordsOf(typed), words) ? typed : words.join(', ')}
      onChange={(next) => {
        setTyped(next)
        onChange(wordsOf(next))
      }}
    />
  )
}

import { useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { parseSpan } from '../lib/span.ts'
import { TextField } from '../ui/field.tsx'

type SpanFieldProps = { readonly label: string; readonly value: string; readonly onChange: (span: string) => void }

/** A length of time as a person writes it; it counts once it can be read and the field is left. */
export function SpanField({ label, value, onChange }: SpanFieldProps) {
  const text = useText()
  const [written, setWritten] = useState({ of: value, words: value })
  const words = written.of === value ? written.words : value
  const ms = parseSpan(words)
  const isSound = ms !== null && ms > 0
  const take = () => {
    if (isSound && words.trim() !== value) onChange(words.trim())
  }
  return (
    <TextField
      size="s"
      label={label}
      hint={text('funnel.spanHint')}
      fault={isSound ? undefined : text('span.fault')}
      value={words}
      onChange={(next) => setWritten({ of: value, words: next })}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) take()
      }}
    />
  )
}

import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { IconButton } from '../ui/button.tsx'
import style from './kinds.module.css'

type FieldListProps = {
  readonly label: string
  readonly hint: string
  readonly fields: readonly string[]
  /** Fields that were seen on events. */
  readonly known: readonly string[]
  readonly onChange: (fields: string[]) => void
}

/** Fields in the order in which they are looked at. */
export function FieldList({ label, hint, fields, known, onChange }: FieldListProps) {
  const text = useText()
  return (
    <div role="group" aria-label={label}>
      <p className={style.label}>{label}</p>
      <p className={style.hint}>{hint}</p>
      <ol className={style.fields}>
        {fields.map((field, index) => (
          <li key={field}>
            <code>{field}</code>
            <IconButton size="s" icon="close" label={text('vocabulary.remove', { name: field })} onClick={() => onChange(fields.filter((_, it) => it !== index))} />
          </li>
        ))}
      </ol>
      <AddNamed
        label={text('object.newField')}
        known={known.filter((it) => !fields.includes(it))}
        onAdd={(name) => {
          // A bare name is a property, which is what nearly everybody means.
          const field = /^(properties|context)\./.test(name) ? name : `properties.${name}`
          if (!fields.includes(field)) onChange([...fields, field])
        }}
      />
    </div>
  )
}

import { useState } from 'react'
import type { TriedPlan } from '../api/plan.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import type { Wish } from './plan.ts'
import style from './plan.module.css'

type PlanPropertyRowProps = {
  readonly path: string
  readonly wish: Wish
  readonly breaks: TriedPlan['violations']
  readonly canEdit: boolean
  readonly onChange: (wish: Wish) => void
  readonly onRemove: () => void
}

const types = ['any', 'text', 'number', 'flag'] as const

/** One property of a planned event: its type, whether each event must have it, and which values it may hold. */
export function PlanPropertyRow({ path, wish, breaks, canEdit, onChange, onRemove }: PlanPropertyRowProps) {
  const text = useText()
  const typeText = (type: Wish['type']) => (type === 'any' ? text('plan.anyType') : text(`catalogue.type.${type}`))
  return (
    <li aria-label={path}>
      <code>{path}</code>
      {canEdit ? (
        <>
          <SelectField
            size="s"
            labelHidden
            label={text('plan.typeOf', { name: path })}
            value={wish.type}
            choices={types.map((value) => ({ value, label: typeText(value) }))}
            onChange={(type) => onChange({ ...wish, type })}
          />
          <label className={style.required}>
            <input type="checkbox" checked={wish.required} onChange={(event) => onChange({ ...wish, required: event.currentTarget.checked })} />
            {text('plan.required')}
          </label>
        </>
      ) : (
        <>
          <span>{typeText(wish.type)}</span>
          <span className={style.quiet}>{wish.required ? text('plan.required') : ''}</span>
        </>
      )}
      <div className={style.values}>
        {wish.values.map((value) => (
          <span key={value} className={style.value}>
            {value === '' ? '""' : value}
            {canEdit && (
              <IconButton size="s" icon="close" label={text('plan.removeValue', { value, name: path })} onClick={() => onChange({ ...wish, values: wish.values.filter((it) => it !== value) })} />
            )}
          </span>
        ))}
        {wish.type === 'text' && canEdit && <AddValue path={path} isFirst={wish.values.length === 0} taken={wish.values} onAdd={(value) => onChange({ ...wish, values: [...wish.values, value] })} />}
        {breaks.map((it) => (
          <span key={it.breach} className={style.breaks}>
            {text(`plan.breachCount.${it.breach}`, { count: it.events })}
          </span>
        ))}
      </div>
      {canEdit && <IconButton size="s" icon="trash" label={text('plan.removeProperty', { name: path })} onClick={onRemove} />}
    </li>
  )
}

type AddValueProps = { readonly path: string; readonly isFirst: boolean; readonly taken: readonly string[]; readonly onAdd: (value: string) => void }

/** Lists one more value; Enter goes on to the next. */
function AddValue({ path, isFirst, taken, onAdd }: AddValueProps) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  if (!isOpen) {
    return (
      <Button size="s" look="quiet" icon="plus" aria-label={text(isFirst ? 'plan.anyValueOf' : 'plan.addValueTo', { name: path })} onClick={() => setOpen(true)}>
        {text(isFirst ? 'plan.anyValue' : 'plan.addValue')}
      </Button>
    )
  }
  const value = typed.trim()
  return (
    <form
      className={style.addValue}
      onSubmit={(event) => {
        event.preventDefault()
        if (value === '') setOpen(false)
        else if (!taken.includes(value)) {
          onAdd(value)
          setTyped('')
        }
      }}
    >
      <TextField
        size="s"
        labelHidden
        label={text('plan.valueOf', { name: path })}
        placeholder={text('plan.valueHint')}
        autoFocus
        maxLength={200}
        value={typed}
        fault={taken.includes(value) ? text('plan.valueTwice') : undefined}
        onChange={setTyped}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setOpen(false)
        }}
      />
    </form>
  )
}

import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import style from './field.module.css'

type Described = {
  readonly label: string
  /** Shown to nobody but told to all: for fields whose place says what they are. */
  readonly labelHidden?: boolean
  readonly hint?: ReactNode
  readonly fault?: string | undefined
}

type Ids = { readonly id: string; readonly describedBy: string | undefined }

function Field({ label, labelHidden = false, hint, fault, children }: Described & { readonly children: (ids: Ids) => ReactNode }) {
  const id = useId()
  const describedBy = fault !== undefined || hint !== undefined ? `${id}about` : undefined
  return (
    <div className={style.field}>
      <label htmlFor={id} className={labelHidden ? 'visually-hidden' : style.label}>
        {label}
      </label>
      {children({ id, describedBy })}
      {fault !== undefined ? (
        <span id={`${id}about`} role="alert" className={style.fault}>
          {fault}
        </span>
      ) : (
        hint !== undefined && (
          <span id={`${id}about`} className={style.hint}>
            {hint}
          </span>
        )
      )}
    </div>
  )
}

type TextFieldProps = Described &
  Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value' | 'size'> & {
    readonly value: string
    readonly onChange: (value: string) => void
    readonly size?: 's' | 'm'
    readonly mono?: boolean
  }

/** One line of text. */
export function TextField({ label, labelHidden, hint, fault, value, onChange, size = 'm', mono = false, ...rest }: TextFieldProps) {
  return (
    <Field label={label} {...(labelHidden === undefined ? {} : { labelHidden })} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <input
          {...rest}
          id={id}
          className={mono ? `${style.input} ${style.mono}` : style.input}
          data-size={size}
          value={value}
          aria-invalid={fault !== undefined}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

type TextAreaProps = Described &
  Omit<ComponentPropsWithRef<'textarea'>, 'onChange' | 'value'> & {
    readonly value: string
    readonly onChange: (value: string) => void
  }

/** Several lines of text. */
export function TextArea({ label, labelHidden, hint, fault, value, onChange, ...rest }: TextAreaProps) {
  return (
    <Field label={label} {...(labelHidden === undefined ? {} : { labelHidden })} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <textarea
          {...rest}
          id={id}
          className={style.input}
          value={value}
          aria-invalid={fault !== undefined}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

export type Choice<Value extends string> = { readonly value: Value; readonly label: string }

type SelectFieldProps<Value extends string> = Described & {
  readonly value: Value
  readonly choices: readonly Choice<Value>[]
  readonly onChange: (value: Value) => void
  readonly size?: 's' | 'm'
}

/** One of a few. */
export function SelectField<Value extends string>({ label, labelHidden, hint, fault, value, choices, onChange, size = 'm' }: SelectFieldProps<Value>) {
  return (
    <Field label={label} {...(labelHidden === undefined ? {} : { labelHidden })} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <select
          id={id}
          className={`${style.input} ${style.select}`}
          data-size={size}
          value={value}
          aria-describedby={describedBy}
          onChange={(event) => {
            const chosen = choices.find((it) => it.value === event.currentTarget.value)
            if (chosen !== undefined) onChange(chosen.value)
          }}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

import type { Reason } from '../api/reasons.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { type Choice, SelectField, TextField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import style from './named-reasons.module.css'
import { freeName } from './reasons.ts'
import { SpanField } from './span-field.tsx'
import { renamed } from './step-name.ts'

type Fields = readonly Choice<string>[]
type NamedReasonsProps = {
  readonly reasons: readonly Reason[]
  readonly suggested: readonly Reason[]
  readonly fields: Fields
  readonly onChange: (reasons: readonly Reason[]) => void
}

/** Reasons of one's own, each a name and what it is known by. */
export function NamedReasons({ reasons, suggested, fields, onChange }: NamedReasonsProps) {
  const text = useText()
  const add = (reason: Reason) => onChange([...reasons, { ...reason, name: freeName(reason.name, reasons) }])
  // One with the same sign is there under another name.
  const signs = new Set(reasons.map((it) => JSON.stringify(it.sign)))
  const others = suggested.filter((it) => !signs.has(JSON.stringify(it.sign)))
  return (
    <div>
      <ol className={style.reasons} aria-label={text('reasons.list')}>
        {reasons.map((reason, index) => (
          <ReasonFields
            key={index}
            number={index + 1}
            reason={reason}
            fields={fields}
            onChange={(next) => onChange(reasons.map((old, at) => (at === index ? next : old)))}
            onRemove={() => onChange(reasons.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      <div className={style.add}>
        <Button size="s" icon="plus" onClick={() => add({ name: text('reasons.newReason', { number: reasons.length + 1 }), sign: { met: { matcher: {} } } })}>
          {text('reasons.addReason')}
        </Button>
        <Button size="s" icon="clock" onClick={() => add({ name: text('reasons.kinds.silence'), sign: { silence: '30m' } })}>
          {text('reasons.addSilence')}
        </Button>
      </div>
      {others.length > 0 && (
        <div className={style.suggested}>
          <span>{text('reasons.suggested')}</span>
          {others.map((it) => (
            <Button key={it.name} size="s" icon="plus" onClick={() => add(it)}>
              {it.name}
            </Button>
          ))}
          {others.length > 1 && (
            <Button size="s" icon="spark" onClick={() => onChange([...reasons, ...others.map((it) => ({ ...it, name: freeName(it.name, reasons) }))])}>
              {text('reasons.addAll')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

type FieldsProps = { readonly number: number; readonly reason: Reason; readonly fields: Fields; readonly onChange: (reason: Reason) => void; readonly onRemove: () => void }

function ReasonFields({ number, reason, fields, onChange, onRemove }: FieldsProps) {
  const text = useText()
  const source = useMatcherSource()
  const { name, sign } = reason
  return (
    <li className={style.reason}>
      <div className={style.head}>
        <TextField size="s" label={text('reasons.nameOf', { number })} labelHidden value={name} onChange={(next) => onChange({ ...reason, name: next })} />
        <IconButton size="s" icon="trash" label={text('reasons.remove', { name })} onClick={onRemove} />
      </div>
      {'silence' in sign ? (
        <SpanField label={text('reasons.silentFor')} value={sign.silence} onChange={(silence) => onChange({ name, sign: { silence } })} />
      ) : (
        <>
          <MatcherPicker
            label={text('reasons.eventsOf', { number })}
            labelHidden
            value={sign.met.matcher}
            source={source}
            onChange={(matcher) => {
              const step = renamed({ name, matcher }, { name, matcher: sign.met.matcher }, source.touchpoints)
              onChange({ name: step.name, sign: { met: { ...sign.met, matcher } } })
            }}
          />
          <div className={style.often}>
            <SelectField
              size="s"
              label={text('reasons.times')}
              value={String(sign.met.times ?? 1)}
              choices={[...new Set([1, 2, 3, 4, 5, 10, sign.met.times ?? 1])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('reasons.atLeast', { count: it }) }))}
              onChange={(times) => onChange({ name, sign: { met: { ...sign.met, times: Number(times) } } })}
            />
            {(sign.met.times ?? 1) > 1 && (
              <SelectField
                size="s"
                label={text('reasons.of')}
                value={sign.met.different ?? ''}
                choices={[{ value: '', label: text('reasons.anyEvent') }, ...fields]}
                onChange={(field) => onChange({ name, sign: { met: { ...sign.met, different: field === '' ? null : field } } })}
              />
            )}
          </div>
        </>
      )}
    </li>
  )
}

import type { Matcher } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { fieldChoices } from './field-choices.ts'

type ChoiceProps = {
  /** What the events are called; none for conversions. */
  readonly label?: string
  readonly conversion: Matcher
  /** The property that says what a conversion is worth. */
  readonly value: string | null
  readonly onConversion: (conversion: Matcher) => void
  readonly onValue: (value: string | null) => void
}

/** Which events are conversions, and what they are worth. */
export function ConversionChoice({ label, conversion, value, onConversion, onValue }: ChoiceProps) {
  const text = useText()
  const source = useMatcherSource()
  const properties = fieldChoices(source.fields.map((it) => it.field)).filter((it) => it.value.startsWith('properties.') || it.value.startsWith('context.'))
  return (
    <>
      <MatcherPicker label={label ?? text('attribution.conversionEvents')} value={conversion} source={source} onChange={onConversion} />
      <SelectField
        size="s"
        label={text('attribution.value')}
        value={value ?? ''}
        choices={[{ value: '', label: text('attribution.noValue') }, ...properties]}
        onChange={(chosen) => onValue(chosen === '' ? null : chosen)}
      />
    </>
  )
}

import type { Matcher } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'

type ContactsChoiceProps = { readonly contacts: Matcher | null | undefined; readonly onChange: (contacts: Matcher | null) => void }

/** By which events the company reaches out: those whose names say so, or those that are named here. */
export function ContactsChoice({ contacts, onChange }: ContactsChoiceProps) {
  const text = useText()
  const source = useMatcherSource()
  const isOwn = contacts !== null && contacts !== undefined
  return (
    <>
      <SelectField
        size="s"
        label={text('board.contacts')}
        value={isOwn ? 'own' : 'names'}
        choices={(['names', 'own'] as const).map((value) => ({ value, label: text(`board.contactsBy.${value}`) }))}
        onChange={(value) => onChange(value === 'own' ? { events: ['email_sent'] } : null)}
      />
      {isOwn && <MatcherPicker label={text('board.contactEvents')} value={contacts} source={source} onChange={onChange} />}
    </>
  )
}

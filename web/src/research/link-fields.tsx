import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Quote } from '../api/research.ts'
import { profileQuery, profilesQuery } from '../api/profile.ts'
import { queryClient } from '../api/query-client.ts'
import { segmentsQuery } from '../api/segment.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { SearchList } from '../ui/search-list.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './research.module.css'

export type Identifier = NonNullable<Quote['person']>

export type Chip = { readonly key: string; readonly title: string }

type ChipsProps = { readonly label: string; readonly chips: readonly Chip[]; readonly onRemove: (key: string) => void }

/** What was chosen, each with the way to take it out. */
export function Chips({ label, chips, onRemove }: ChipsProps) {
  const text = useText()
  if (chips.length === 0) return null
  return (
    <ul className={style.chips} aria-label={label}>
      {chips.map((it) => (
        <li key={it.key}>
          {it.title}
          <IconButton size="s" icon="close" label={text('research.unlink', { title: it.title })} onClick={() => onRemove(it.key)} />
        </li>
      ))}
    </ul>
  )
}

type AddFieldProps = { readonly label: string; readonly choices: readonly Chip[]; readonly onAdd: (key: string) => void }

/** Chooses one more of a few. */
export function AddField({ label, choices, onAdd }: AddFieldProps) {
  const text = useText()
  return (
    <SelectField
      size="s"
      label={label}
      value=""
      choices={[{ value: '', label: text(choices.length === 0 ? 'research.nothingToAdd' : 'research.add') }, ...choices.map((it) => ({ value: it.key, label: it.title }))]}
      onChange={(key) => {
        if (key !== '') onAdd(key)
      }}
    />
  )
}

/** Segments that somebody stands for. */
export function SegmentsField({ segments, onChange }: { readonly segments: readonly string[]; readonly onChange: (segments: string[]) => void }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(segmentsQuery(ws))
  const known = (data?.segments ?? []).map((it) => ({ key: it.id, title: it.title }))
  const titleOf = (id: string) => known.find((it) => it.key === id)?.title ?? id
  return (
    <div>
      <AddField label={text('research.segments')} choices={known.filter((it) => !segments.includes(it.key))} onAdd={(id) => onChange([...segments, id])} />
      <Chips label={text('research.segmentsChosen')} chips={segments.map((id) => ({ key: id, title: titleOf(id) }))} onRemove={(id) => onChange(segments.filter((it) => it !== id))} />
    </div>
  )
}

type PersonFieldProps = { readonly label: string; readonly person: Identifier | null; readonly onChange: (person: Identifier | null) => void }

/** A profile of the product, kept by an identifier that says most about who it is. */
export function PersonField({ label, person, onChange }: PersonFieldProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const term = search.trim()
  const { data } = useQuery({ ...profilesQuery(ws, term, 20), enabled: isOpen && term !== '' })
  const choose = async (profile: string) => {
    try {
      const found = await queryClient.fetchQuery(profileQuery(ws, profile))
      const [first] = [...found.identifiers].sort((a, b) => rank(a.kind) - rank(b.kind))
      if (first !== undefined) onChange(first)
      setOpen(false)
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <div>
      <div className={style.person}>
        <span className={style.personLabel}>{label}</span>
        <span>{person === null ? text('research.nobody') : person.value}</span>
        <Button size="s" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {text('research.choosePerson')}
        </Button>
        {person !== null && <IconButton size="s" icon="close" label={text('research.unlink', { title: person.value })} onClick={() => onChange(null)} />}
      </div>
      {isOpen && (
        <SearchList
          label={text('research.findPerson')}
          options={(data?.profiles ?? []).map((it) => ({ key: String(it.id), title: it.label }))}
          onSearch={setSearch}
          onChoose={(key) => void choose(key)}
        />
      )}
    </div>
  )
}

const strength = ['user', 'loyalty', 'email', 'phone', 'device', 'advertising', 'anonymous', 'order', 'custom'] as const satisfies readonly Identifier['kind'][]

const rank = (kind: Identifier['kind']) => strength.indexOf(kind)

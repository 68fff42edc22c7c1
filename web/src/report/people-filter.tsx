import { useState } from 'react'
import type { PeopleRule } from '../api/model.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { PeopleBuilder } from '../ui/people-builder.tsx'
import { makeLeaf } from '../ui/people-rule.ts'
import { peopleWords } from '../ui/people-words.ts'
import { FilterBar } from './filter-bar.tsx'
import style from './people-filter.module.css'

/** Whom a question is about, and how to ask about others. */
export type AskedPeople = { readonly rule: PeopleRule | null; readonly set: (rule: PeopleRule | null) => void }

/** Says whom the numbers of a page are of, and changes it in place. */
export function PeopleFilter({ rule, set }: AskedPeople) {
  const text = useText()
  const format = useFormat()
  const source = usePeopleSource()
  const [isOpen, setOpen] = useState(false)
  const isSome = rule !== null
  const open = () => {
    if (!isOpen && !isSome) set(makeLeaf('did', null, source))
    setOpen(!isOpen)
  }
  const clear = () => {
    set(null)
    setOpen(false)
  }
  return (
    <FilterBar
      label={text('peopleRule.title')}
      icon="people"
      name={text(isSome ? 'peopleRule.only' : 'peopleRule.title')}
      words={isSome ? peopleWords(rule, { text, format, names: source }) : text('peopleRule.everybody')}
      isSome={isSome}
      isOpen={isOpen}
      onToggle={open}
      clearLabel={text('peopleRule.clear')}
      onClear={clear}
    >
      <PeopleBuilder rule={rule} source={source} onChange={set} />
      <p className={style.hint}>{text('peopleRule.about')}</p>
    </FilterBar>
  )
}

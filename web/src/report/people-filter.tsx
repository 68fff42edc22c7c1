import { useId, useState } from 'react'
import type { PeopleRule } from '../api/model.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PeopleBuilder } from '../ui/people-builder.tsx'
import { makeLeaf } from '../ui/people-rule.ts'
import { peopleWords } from '../ui/people-words.ts'
import style from './people-filter.module.css'

/** Whom a question is about, and how to ask about others. */
export type AskedPeople = { readonly rule: PeopleRule | null; readonly set: (rule: PeopleRule | null) => void }

/** Says whom the numbers of a page are of, and changes it in place. */
export function PeopleFilter({ rule, set }: AskedPeople) {
  const text = useText()
  const format = useFormat()
  const source = usePeopleSource()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const isSome = rule !== null
  const open = () => {
    if (!isOpen && !isSome) set(makeLeaf('did', null, source))
    setOpen(!isOpen)
  }
  return (
    <section className={style.filter} aria-label={text('peopleRule.title')} data-some={isSome || undefined}>
      <div className={style.head}>
        <button type="button" className={style.open} aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={open}>
          <Icon name="people" size={15} />
          <span className={style.words}>
            <span className={style.name}>{text(isSome ? 'peopleRule.only' : 'peopleRule.title')}</span>{' '}
            <span>{isSome ? peopleWords(rule, { text, format, names: source }) : text('peopleRule.everybody')}</span>
          </span>
          <Icon name={isOpen ? 'up' : 'down'} size={13} />
        </button>
        {isSome && (
          <Button
            size="s"
            look="quiet"
            icon="close"
            onClick={() => {
              set(null)
              setOpen(false)
            }}
          >
            {text('peopleRule.clear')}
          </Button>
        )}
      </div>
      {isOpen && (
        <div id={id} className={style.editor}>
          <PeopleBuilder rule={rule} source={source} onChange={set} />
          <p className={style.hint}>{text('peopleRule.about')}</p>
        </div>
      )}
    </section>
  )
}

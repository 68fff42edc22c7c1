import { useState } from 'react'
import { type Channel, channels } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import type { Vocabulary, VocabularyCheck } from '../api/vocabulary.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty } from '../ui/look.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { type Edit, entriesOf, type List } from './vocabulary.ts'
import style from './vocabulary.module.css'

type EntryListProps = {
  readonly list: List
  readonly vocabulary: Vocabulary
  readonly coverage: VocabularyCheck['coverage']
  readonly act: (edit: Edit) => void
}

/** The rules of one list in their order, and a place for a new one. */
export function EntryList({ list, vocabulary, coverage, act }: EntryListProps) {
  const text = useText()
  const format = useFormat()
  const source = useMatcherSource()
  const entries = entriesOf(vocabulary, list)
  const covered = list === 'channels' ? [] : (coverage?.[list] ?? [])
  const allowed = { ...source, touchpoints: list === 'stages' || list === 'signals' ? (vocabulary.touchpoints ?? []) : [], channels: list === 'channels' ? [] : source.channels, signals: [] }
  return (
    <>
      {entries.length === 0 && <Empty small title={text('look.nothing')} />}
      <ol className={style.entries} aria-label={text(`vocabulary.${list}`)}>
        {entries.map((entry, index) => {
          const count = covered.find((it) => it.id === entry.key)
          const name = list === 'channels' ? text(`channel.${channels.find((it) => it === entry.name) ?? 'other'}`) : entry.name
          return (
            <li key={entry.key} className={style.entry}>
              <div>
                {list === 'channels' ? (
                  <b>{name}</b>
                ) : (
                  <TextField
                    size="s"
                    label={text('vocabulary.name')}
                    labelHidden
                    value={entry.name}
                    maxLength={200}
                    onChange={(changed) => act({ kind: 'rename', list, index, name: changed })}
                  />
                )}
              </div>
              <div className={style.matcher}>
                <MatcherPicker
                  label={text('vocabulary.matcherOf', { name })}
                  labelHidden
                  value={entry.matcher}
                  source={allowed}
                  onChange={(matcher) => act({ kind: 'match', list, index, matcher })}
                />
              </div>
              <span className={style.count}>
                {count === undefined ? '' : text('vocabulary.count', { events: format.compact(count.events), profiles: format.compact(count.profiles) })}
              </span>
              <span className={style.tools}>
                <IconButton
                  size="s"
                  icon="up"
                  label={text('vocabulary.earlier', { name })}
                  refused={index === 0 ? text('vocabulary.first') : undefined}
                  onClick={() => act({ kind: 'move', list, index, to: index - 1 })}
                />
                <IconButton
                  size="s"
                  icon="down"
                  label={text('vocabulary.later', { name })}
                  refused={index + 1 === entries.length ? text('vocabulary.last') : undefined}
                  onClick={() => act({ kind: 'move', list, index, to: index + 1 })}
                />
                <IconButton size="s" icon="trash" label={text('vocabulary.remove', { name })} onClick={() => act({ kind: 'remove', list, index })} />
              </span>
            </li>
          )
        })}
      </ol>
      {list === 'channels' ? <AddChannel act={act} /> : <AddNamed label={text(`vocabulary.new.${list}`)} onAdd={(name) => act({ kind: 'add', list, name })} />}
    </>
  )
}

function AddChannel({ act }: { readonly act: (edit: Edit) => void }) {
  const text = useText()
  const [channel, setChannel] = useState<Channel>('email')
  return (
    <form
      className={style.add}
      onSubmit={(event) => {
        event.preventDefault()
        act({ kind: 'addChannel', channel })
      }}
    >
      <SelectField
        size="s"
        label={text('vocabulary.new.channels')}
        value={channel}
        choices={channels.map((value) => ({ value, label: text(`channel.${value}`) }))}
        onChange={setChannel}
      />
      <Button type="submit" icon="plus">
        {text('draft.add')}
      </Button>
    </form>
  )
}

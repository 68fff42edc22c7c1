import type { KindCount, ObjectKind } from '../api/object.ts'
import { givenName } from '../api/use-kinds.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { NameField } from '../ui/name-field.tsx'
import { Section } from '../ui/page.tsx'
import { FieldList } from './field-list.tsx'
import type { Edit } from './kinds.ts'
import style from './kinds.module.css'
import { PromiseEditor } from './promise-editor.tsx'

type KindEditorProps = {
  readonly kind: ObjectKind
  readonly others: readonly ObjectKind[]
  readonly count: KindCount | undefined
  readonly at: number
  readonly act: (edit: Edit) => void
}

/** One kind: its name, its ids, its states, its promise and what it belongs to. */
export function KindEditor({ kind, others, count, at, act }: KindEditorProps) {
  const text = useText()
  const format = useFormat()
  const source = useMatcherSource()
  const known = source.fields.map((it) => it.field).filter((it) => /^(properties|context)\./.test(it))
  const belongs = kind.belongs_to ?? []
  return (
    <>
      <div className={style.head}>
        <NameField label={text('vocabulary.name')} name={kind.name} given={givenName(kind.name, text)} onChange={(name) => act({ kind: 'change', at, change: { name } })} />
        <span className={style.count}>
          {count !== undefined && text('object.countOf', { shown: format.count(count.objects), open: format.count(count.open) })}
        </span>
        <Button size="s" icon="trash" onClick={() => act({ kind: 'remove', at })}>
          {text('object.removeKind')}
        </Button>
      </div>
      <FieldList label={text('object.keys')} hint={text('object.keysHint')} fields={kind.keys} known={known} onChange={(keys) => act({ kind: 'change', at, change: { keys } })} />
      <Section title={text('object.states')} note={text('object.statesHint')}>
        <ol className={style.states}>
          {kind.states.map((state, index) => {
            const called = givenName(state.name, text)
            return (
              <li key={state.id}>
                <NameField label={text('vocabulary.name')} labelHidden name={state.name} given={called} onChange={(name) => act({ kind: 'state', at, state: index, change: { name } })} />
                <div className={style.matcher}>
                  <MatcherPicker
                    label={text('vocabulary.matcherOf', { name: called })}
                    labelHidden
                    value={state.entry}
                    source={source}
                    onChange={(entry) => act({ kind: 'state', at, state: index, change: { entry } })}
                  />
                </div>
                <label className={style.ends}>
                  <input type="checkbox" checked={state.ends === true} onChange={(event) => act({ kind: 'state', at, state: index, change: { ends: event.currentTarget.checked } })} />
                  {text('object.ends')}
                </label>
                <span className={style.count}>{count !== undefined && format.compact(count.states.find((it) => it.state === state.id)?.objects ?? 0)}</span>
                <span className={style.tools}>
                  <IconButton
                    size="s"
                    icon="up"
                    label={text('vocabulary.earlier', { name: called })}
                    refused={index === 0 ? text('vocabulary.first') : undefined}
                    onClick={() => act({ kind: 'moveState', at, state: index, to: index - 1 })}
                  />
                  <IconButton
                    size="s"
                    icon="down"
                    label={text('vocabulary.later', { name: called })}
                    refused={index + 1 === kind.states.length ? text('vocabulary.last') : undefined}
                    onClick={() => act({ kind: 'moveState', at, state: index, to: index + 1 })}
                  />
                  <IconButton size="s" icon="trash" label={text('vocabulary.remove', { name: called })} onClick={() => act({ kind: 'removeState', at, state: index })} />
                </span>
              </li>
            )
          })}
        </ol>
        <AddNamed label={text('object.newState')} onAdd={(state) => act({ kind: 'addState', at, name: state })} />
      </Section>
      <PromiseEditor kind={kind} known={known} count={count} onChange={(promise) => act({ kind: 'promise', at, promise })} />
      {others.length > 0 && (
        <Section title={text('object.belongsTo')} note={text('object.belongsHint')}>
          <div className={style.checks}>
            {others.map((it) => (
              <label key={it.id}>
                <input
                  type="checkbox"
                  checked={belongs.includes(it.id)}
                  onChange={() => act({ kind: 'change', at, change: { belongs_to: belongs.includes(it.id) ? belongs.filter((id) => id !== it.id) : [...belongs, it.id] } })}
                />
                {givenName(it.name, text)}
              </label>
            ))}
          </div>
        </Section>
      )}
    </>
  )
}

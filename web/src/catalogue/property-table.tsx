import { useState } from 'react'
import type { PropertyFacts, TypeFacts } from '../api/catalogue.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { NoteDialog } from './note-dialog.tsx'
import { useRules } from './use-rules.ts'
import style from './catalogue.module.css'

const START = 'properties.'

/** What an event carries: each property with its types, some values, and what it means. */
export function PropertyTable({ event, properties }: { readonly event: string; readonly properties: readonly PropertyFacts[] }) {
  const text = useText()
  const format = useFormat()
  const { add, refused } = useRules()
  const [saying, setSaying] = useState<PropertyFacts | null>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  return (
    <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('catalogue.properties') })}>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">{text('catalogue.property')}</th>
            <th scope="col" data-align="end">
              {text('catalogue.share')}
            </th>
            <th scope="col">{text('catalogue.types')}</th>
            <th scope="col">{text('catalogue.values')}</th>
            <th scope="col">{text('catalogue.meaning')}</th>
            <th scope="col" data-align="end">
              {text('catalogue.uses')}
            </th>
            <th scope="col">
              <span className="visually-hidden">{text('catalogue.change')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {properties.map((it) => (
            <tr key={it.property}>
              <th scope="row">
                <code>{it.property.slice(START.length)}</code>
              </th>
              <td data-align="end">{format.share(it.share)}</td>
              <td>
                <Types types={it.types} />
              </td>
              <td className={style.values}>{it.values.map(String).join(' · ') || '–'}</td>
              <td>
                {it.note.meaning || '–'}
                {(it.note.owner ?? '') !== '' && <span className={style.quiet}> · {it.note.owner}</span>}
              </td>
              <td data-align="end">{format.count(it.uses.length)}</td>
              <td className={style.tools}>
                <Button size="s" look="quiet" onClick={() => setSaying(it)}>
                  {text('catalogue.say')}
                </Button>
                <IconButton size="s" icon="edit" refused={refused} label={text('catalogue.renameTitle', { name: it.property })} onClick={() => setRenaming(it.property)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {saying !== null && <NoteDialog title={saying.property} note={saying.note} about={{ property: saying.property }} onClose={() => setSaying(null)} />}
      {renaming !== null && (
        <RenameDialog
          title={text('catalogue.renameTitle', { name: renaming })}
          name={renaming.slice(START.length)}
          onRename={(to) => {
            if (START + to !== renaming) add({ kind: 'property', events: [event], from: renaming, to: START + to })
          }}
          onClose={() => setRenaming(null)}
        />
      )}
    </div>
  )
}

/** Types with how often each is held and, where there are several, since when. */
export function Types({ types }: { readonly types: readonly TypeFacts[] }) {
  const text = useText()
  const format = useFormat()
  if (types.length === 0) return text('catalogue.noScalar')
  return (
    <ul className={style.types}>
      {types.map((it) => (
        <li key={it.type}>
          {text(`catalogue.type.${it.type}`)}
          {types.length > 1 && <span className={style.quiet}> {text('catalogue.typeFacts', { count: it.events, since: format.moment(it.first) })}</span>}
        </li>
      ))}
    </ul>
  )
}

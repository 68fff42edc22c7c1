import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CapturedElement, elementsQuery } from '../api/catalog.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { toast } from '../ui/toast.tsx'
import { type Edit, elementMatcher } from './vocabulary.ts'
import style from './vocabulary.module.css'

const events = ['element_clicked', 'element_changed', 'form_submitted', 'form_error', 'popup_shown', 'popup_dismissed'] as const

type ElementTableProps = { readonly vocabulary: Vocabulary; readonly act: (edit: Edit) => void }

/** Elements of sites that were seen used, each of which can be given a name. */
export function ElementTable({ vocabulary, act }: ElementTableProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const found = useQuery(elementsQuery(ws))
  const [naming, setNaming] = useState<CapturedElement | null>(null)
  if (found.error !== null) return <Failed small error={found.error} onRetry={() => void found.refetch()} />
  if (found.data === undefined) return <Loading />
  const { elements, more } = found.data
  if (elements.length === 0) {
    return (
      <Empty small title={text('vocabulary.element.none')}>
        {text('vocabulary.element.noneNote')}
      </Empty>
    )
  }
  const how = (it: CapturedElement) => {
    const event = events.find((name) => name === it.event)
    return event === undefined ? it.event : text(`vocabulary.element.event.${event}`)
  }
  const page = (it: CapturedElement) =>
    it.path == null ? '–' : it.pages > 1 ? text('vocabulary.element.pages', { path: it.path, count: it.pages - 1 }) : it.path
  const columns: readonly Column<CapturedElement>[] = [
    { key: 'what', title: text('vocabulary.element.what'), width: 'minmax(180px, 2fr)', cell: (it) => <Which element={it} />, sort: wordsOf },
    { key: 'how', title: text('vocabulary.element.how'), width: '110px', cell: how, sort: how },
    { key: 'page', title: text('vocabulary.element.page'), width: 'minmax(120px, 1.2fr)', cell: page, sort: (it) => it.path ?? '' },
    { key: 'events', title: text('vocabulary.events'), width: '90px', align: 'end', cell: (it) => format.count(it.events), sort: (it) => it.events },
    { key: 'profiles', title: text('vocabulary.profiles'), width: '90px', align: 'end', cell: (it) => format.count(it.profiles), sort: (it) => it.profiles },
    {
      key: 'named',
      title: text('vocabulary.element.named'),
      width: 'minmax(130px, 1fr)',
      cell: (it) => {
        const waiting = draftName(vocabulary, it)
        if (waiting !== undefined && waiting !== it.touchpoint) return text('vocabulary.element.isNamed', { name: waiting })
        return it.touchpoint ?? '–'
      },
      sort: (it) => it.touchpoint ?? '',
    },
    {
      key: 'name',
      title: '',
      width: '110px',
      cell: (it) => (
        <Button size="s" aria-label={text('vocabulary.element.nameOf', { element: wordsOf(it) })} onClick={() => setNaming(it)}>
          {text('vocabulary.element.name')}
        </Button>
      ),
    },
  ]
  return (
    <>
      <DataTable label={text('vocabulary.elements')} columns={columns} rows={elements} rowKey={(it) => `${it.event} ${it.selector}`} height="min(60vh, 640px)" />
      {more > 0 && <p className={style.hint}>{text('vocabulary.element.more', { count: more })}</p>}
      {naming !== null && <NameDialog element={naming} act={act} onClose={() => setNaming(null)} />}
    </>
  )
}

/** What is written on it, and what finds it. */
function Which({ element }: { readonly element: CapturedElement }) {
  return (
    <span className={style.which} title={element.selector}>
      {element.text != null && <b>{element.text}</b>}
      <code>{element.selector}</code>
    </span>
  )
}

function wordsOf(element: CapturedElement): string {
  return element.text ?? element.selector
}

/** The name that the vocabulary as it is being written gives to exactly this element. */
function draftName(vocabulary: Vocabulary, element: CapturedElement): string | undefined {
  const rules = [elementMatcher(element, null), elementMatcher(element, element.path ?? null)].map((it) => JSON.stringify(it))
  return vocabulary.touchpoints?.find((it) => rules.includes(JSON.stringify(it.matcher)))?.name
}

type NameDialogProps = { readonly element: CapturedElement; readonly act: (edit: Edit) => void; readonly onClose: () => void }

function NameDialog({ element, act, onClose }: NameDialogProps) {
  const text = useText()
  const format = useFormat()
  const [name, setName] = useState(element.text ?? '')
  const [where, setWhere] = useState<'everywhere' | 'onPage'>('everywhere')
  const path = element.path ?? null
  const add = () => {
    if (name.trim() === '') return
    act({ kind: 'nameElement', name: name.trim(), matcher: elementMatcher(element, where === 'onPage' ? path : null) })
    toast(text('vocabulary.element.added'))
    onClose()
  }
  return (
    <Dialog
      title={text('vocabulary.element.title')}
      width={460}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button look="primary" refused={name.trim() === '' ? text('draft.nameFirst') : undefined} onClick={add}>
            {text('vocabulary.element.add')}
          </Button>
        </>
      }
    >
      <form
        className={style.naming}
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <Which element={element} />
        <TextField label={text('vocabulary.element.nameLabel')} value={name} maxLength={200} autoFocus onChange={setName} />
        {path !== null && (
          <SelectField
            label={text('vocabulary.element.where')}
            value={where}
            choices={[
              { value: 'everywhere', label: text('vocabulary.element.everywhere') },
              { value: 'onPage', label: text('vocabulary.element.onPage', { path }) },
            ]}
            onChange={setWhere}
          />
        )}
        <p className={style.hint}>
          {text('vocabulary.element.note', { events: format.count(element.events), profiles: format.count(element.profiles) })}
        </p>
      </form>
    </Dialog>
  )
}

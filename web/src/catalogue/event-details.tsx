import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { catalogueEventQuery, type CataloguePage } from '../api/catalogue.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Properties } from '../ui/properties.tsx'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { EventMarks } from './event-marks.tsx'
import { NoteDialog } from './note-dialog.tsx'
import { PropertyTable } from './property-table.tsx'
import { renamed, without } from './rules.ts'
import { UseList } from './use-list.tsx'
import { useRules } from './use-rules.ts'
import style from './catalogue.module.css'

/** One event: what it means, what it carries, and who uses it. */
export function EventDetails({ name }: { readonly name: string }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const page = useQuery(catalogueEventQuery(ws, name))
  if (page.error !== null) return <Failed isPage error={page.error} onRetry={() => void page.refetch()} />
  if (page.data === undefined) {
    return (
      <Page title={name} note={<BackLink />}>
        <Loading rows={9} />
      </Page>
    )
  }
  const { event, properties, samples, uses, looked_at } = page.data
  return (
    <Page title={event.name} note={<BackLink />} actions={<Actions page={page.data} />}>
      <Facts page={page.data} />
      <Section title={text('catalogue.properties')} note={text('catalogue.propertiesNote', { count: looked_at })}>
        {properties.length === 0 ? <Empty small title={text('catalogue.noProperties')} /> : <PropertyTable event={event.name} properties={properties} />}
      </Section>
      <Section title={text('catalogue.usedBy')} note={text('catalogue.usedByNote')}>
        {uses.length === 0 ? <Empty small title={text('catalogue.usedByNobody')} /> : <UseList uses={uses} />}
      </Section>
      <Section title={text('catalogue.samples')} note={text('catalogue.samplesNote')}>
        <ul className={style.samples} aria-label={text('catalogue.samples')}>
          {samples.map((sample) => (
            <li key={`${sample.time} ${JSON.stringify(sample.properties)}`}>
              <Sample sample={sample} isRenamed={sample.sent_as !== event.name} />
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  )
}

function BackLink() {
  const { id: ws } = useWorkspace()
  const text = useText()
  return (
    <Link className={style.back} to="/w/$ws/catalogue" params={{ ws }} search={{}}>
      {text('catalogue.back')}
    </Link>
  )
}

function Actions({ page: { event } }: { readonly page: CataloguePage }) {
  const text = useText()
  const { add, edit, refused, isSaving } = useRules()
  const [isRenaming, setRenaming] = useState(false)
  const cannot = event.system ? text('catalogue.systemStays') : refused
  const toggle = (kind: 'hide' | 'block', is: boolean) =>
    is ? edit((rules) => without(rules, kind, event.name)) : add({ kind, event: event.name })
  return (
    <>
      <Button icon="edit" refused={cannot} onClick={() => setRenaming(true)}>
        {text('catalogue.rename')}
      </Button>
      <Button refused={cannot} aria-busy={isSaving} aria-pressed={event.hidden} onClick={() => toggle('hide', event.hidden)}>
        {text(event.hidden ? 'catalogue.showAgain' : 'catalogue.hide')}
      </Button>
      <Button look={event.blocked ? 'plain' : 'danger'} refused={cannot} aria-busy={isSaving} aria-pressed={event.blocked} onClick={() => toggle('block', event.blocked)}>
        {text(event.blocked ? 'catalogue.unblock' : 'catalogue.block')}
      </Button>
      {isRenaming && (
        <RenameDialog
          title={text('catalogue.renameTitle', { name: event.name })}
          name={event.name}
          onRename={(to) => {
            if (to === event.name) return
            add(renamed([...event.sent.map((it) => it.name), event.name], to))
          }}
          onClose={() => setRenaming(false)}
        />
      )}
    </>
  )
}

function Facts({ page: { event } }: { readonly page: CataloguePage }) {
  const text = useText()
  const format = useFormat()
  const [isSaying, setSaying] = useState(false)
  const others = event.sent.filter((it) => it.name !== event.name)
  return (
    <>
      <div className={style.said}>
        <p>
          <EventMarks event={event} /> {event.note.meaning || <span className={style.quiet}>{text('catalogue.noMeaning')}</span>}
          {(event.note.owner ?? '') !== '' && <span className={style.quiet}> · {text('catalogue.ownedBy', { name: event.note.owner })}</span>}
        </p>
        <Button size="s" icon="edit" onClick={() => setSaying(true)}>
          {text('catalogue.say')}
        </Button>
      </div>
      <dl className={style.figures}>
        <Figure title={text('catalogue.events')} value={format.count(event.events)} />
        <Figure title={text('catalogue.profiles')} value={format.count(event.profiles)} />
        <Figure title={text('catalogue.first')} value={format.moment(event.first)} />
        <Figure title={text('catalogue.last')} value={format.moment(event.last)} />
      </dl>
      {others.length > 0 && (
        <Section title={text('catalogue.sentAs')} note={text('catalogue.sentAsNote')}>
          <ul className={style.sent} aria-label={text('catalogue.sentAs')}>
            {event.sent.map((it) => (
              <li key={it.name}>
                <code>{it.name}</code>
                <span className={style.quiet}>{text('catalogue.sentFacts', { count: it.events, since: format.moment(it.first), until: format.moment(it.last) })}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {isSaying && <NoteDialog title={event.name} note={event.note} about={{ event: event.name }} onClose={() => setSaying(false)} />}
    </>
  )
}

function Figure({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Sample({ sample, isRenamed }: { readonly sample: CataloguePage['samples'][number]; readonly isRenamed: boolean }) {
  const text = useText()
  const format = useFormat()
  return (
    <details>
      <summary>
        <time dateTime={sample.time}>{format.moment(sample.time)}</time>
        {isRenamed && <span className={style.quiet}> {text('catalogue.sentAsOne', { name: sample.sent_as })}</span>}
      </summary>
      <Properties title={text('catalogue.properties')} value={{ ...sample.properties }} />
      <Properties title={text('catalogue.context')} value={{ ...sample.context }} />
    </details>
  )
}

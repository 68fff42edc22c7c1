import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { mapQuery, mapsQuery } from '../api/map.ts'
import { createStudy, methods, notesQuery, quotesQuery, studiesQuery, type StudyEntry } from '../api/research.ts'
import { segmentsQuery } from '../api/segment.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { QuoteList } from '../quote/quote-list.tsx'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Segments } from '../ui/segments.tsx'
import { NoteList } from './note-list.tsx'
import style from './research.module.css'
import { askedFor, type ResearchPageSearch, tabs, whole } from './research-search.ts'
import { StudyDialog } from './study-dialog.tsx'

/** What people said: studies, and quotes and field notes found by words, tag, segment, step and method. */
export function ResearchPage() {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const [isMaking, setMaking] = useState(false)
  const studies = useQuery(studiesQuery(ws))
  const refused = canEditMaps(role) ? undefined : text('research.cannotWrite')
  const all = studies.data?.studies ?? []
  return (
    <Page
      title={text('page.research')}
      note={text('research.pageNote')}
      actions={
        <Button look="primary" icon="plus" refused={refused} onClick={() => setMaking(true)}>
          {text('research.newStudy')}
        </Button>
      }
    >
      {studies.error !== null && studies.data === undefined ? (
        <Failed error={studies.error} onRetry={() => void studies.refetch()} />
      ) : studies.data === undefined ? (
        <Loading rows={6} />
      ) : all.length === 0 ? (
        <Empty title={text('research.none')}>{text('research.noneNote')}</Empty>
      ) : (
        <>
          <StudyList studies={all} />
          <Found tags={studies.data.tags.map((it) => it.tag)} studies={all} />
        </>
      )}
      {isMaking && (
        <StudyDialog
          heading={text('research.newStudy')}
          study={{ title: '', method: 'interview', day: format.dayOf(new Date().toISOString()), description: '' }}
          onSave={async (study) => {
            const id = await createStudy(ws, study)
            await navigate({ to: '/w/$ws/research/studies/$study', params: { ws, study: id } })
          }}
          onClose={() => setMaking(false)}
        />
      )}
    </Page>
  )
}

function StudyList({ studies }: { readonly studies: readonly StudyEntry[] }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  return (
    <Section title={text('research.studies')}>
      <ul className={style.list} aria-label={text('research.studies')}>
        {studies.map((it) => (
          <li key={it.id}>
            <Link to="/w/$ws/research/studies/$study" params={{ ws, study: it.id }}>
              {it.study.title}
            </Link>
            <span className={style.quiet}>
              {[
                text(`research.method.${it.study.method}`),
                format.date(it.study.day),
                text('research.notesCount', { count: it.notes, shown: format.count(it.notes) }),
                text('research.quotesCount', { count: it.quotes, shown: format.count(it.quotes) }),
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

type FoundProps = { readonly tags: readonly string[]; readonly studies: readonly StudyEntry[] }

function Found({ tags, studies }: FoundProps) {
  const text = useText()
  const navigate = useNavigate({ from: '/w/$ws/research/' })
  const search = useSearch({ from: '/w/$ws/research/' })
  const tab = search.tab ?? 'quotes'
  const change = (part: { readonly [Key in keyof ResearchPageSearch]?: ResearchPageSearch[Key] | undefined }) =>
    void navigate({ search: (now) => whole({ ...now, ...part }), replace: true, resetScroll: false })
  return (
    <Section title={text('research.search')} aside={<Segments label={text('research.show')} value={tab} segments={tabs.map((it) => ({ value: it, label: text(`research.${it}`) }))} onChange={(next) => change({ tab: next === 'notes' ? 'notes' : undefined })} />}>
      <div className={style.filters}>
        <SearchField label={text('research.searchWords')} value={search.q ?? ''} onSearch={(q) => change({ q })} />
        <Filter label={text('research.study')} value={search.study} choices={studies.map((it) => [it.id, it.study.title])} onChange={(study) => change({ study })} />
        <Filter label={text('research.methodLabel')} value={search.method} choices={methods.map((it) => [it, text(`research.method.${it}`)])} onChange={(value) => change({ method: methods.find((it) => it === value) })} />
        <Filter label={text('research.tag')} value={search.tag} choices={tags.map((it) => [it, it])} onChange={(tag) => change({ tag })} />
        <SegmentFilter value={search.segment} onChange={(segment) => change({ segment })} />
        {tab === 'quotes' && <StepFilter map={search.map} step={search.step} onChange={change} />}
      </div>
      {tab === 'quotes' ? <FoundQuotes search={search} /> : <FoundNotes search={search} />}
    </Section>
  )
}

type FilterProps = {
  readonly label: string
  readonly value: string | undefined
  readonly choices: readonly (readonly [string, string])[]
  readonly onChange: (value: string | undefined) => void
}

function Filter({ label, value, choices, onChange }: FilterProps) {
  const text = useText()
  const known = value === undefined || choices.some(([id]) => id === value) ? choices : [...choices, [value, value] as const]
  return (
    <SelectField
      size="s"
      label={label}
      value={value ?? ''}
      choices={[{ value: '', label: text('research.any') }, ...known.map(([id, title]) => ({ value: id, label: title }))]}
      onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
    />
  )
}

function SegmentFilter({ value, onChange }: Pick<FilterProps, 'value' | 'onChange'>) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(segmentsQuery(ws))
  return <Filter label={text('research.segment')} value={value} choices={(data?.segments ?? []).map((it) => [it.id, it.title])} onChange={onChange} />
}

type StepFilterProps = {
  readonly map: string | undefined
  readonly step: string | undefined
  readonly onChange: (part: { readonly map?: string | undefined; readonly step?: string | undefined }) => void
}

function StepFilter({ map, step, onChange }: StepFilterProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data: maps } = useQuery(mapsQuery(ws))
  const { data: stored } = useQuery({ ...mapQuery(ws, map ?? ''), enabled: map !== undefined })
  const steps = (stored?.map.stages ?? []).flatMap((it) => it.steps)
  return (
    <>
      <Filter label={text('research.map')} value={map} choices={(maps?.maps ?? []).map((it) => [it.id, it.title])} onChange={(chosen) => onChange({ map: chosen, step: undefined })} />
      {map !== undefined && <Filter label={text('research.step')} value={step} choices={steps.map((it) => [it.id, it.title])} onChange={(chosen) => onChange({ step: chosen })} />}
    </>
  )
}

function FoundQuotes({ search }: { readonly search: ResearchPageSearch }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { data, error, refetch } = useQuery(quotesQuery(ws, askedFor(search)))
  if (error !== null && data === undefined) return <Failed small error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading rows={4} />
  if (data.quotes.length === 0) return <Empty small title={text('research.foundNone')} />
  return (
    <>
      <QuoteList label={text('research.quotes')} quotes={data.quotes} withPlaces />
      {data.found > data.quotes.length && <p className={style.quiet}>{text('research.listed', { shown: format.count(data.quotes.length), all: format.count(data.found) })}</p>}
    </>
  )
}

function FoundNotes({ search }: { readonly search: ResearchPageSearch }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data, error, refetch } = useQuery(notesQuery(ws, askedFor(search)))
  if (error !== null && data === undefined) return <Failed small error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading rows={4} />
  if (data.notes.length === 0) return <Empty small title={text('research.foundNone')} />
  return <NoteList notes={data.notes} found={data.found} />
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { PeopleRule } from '../api/model.ts'
import { changeSegment, deleteSegment, overlapQuery, peopleCountQuery, segmentQuery, segmentsQuery, type StoredSegment } from '../api/segment.ts'
import { canSaveReports } from '../api/session.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { QuotesAbout } from '../quote/quotes-about.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Count } from '../ui/count.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { peopleWords } from '../ui/people-words.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import { sharedWith } from './segment.ts'
import { SegmentDialog } from './segment-dialog.tsx'
import { SegmentHistory } from './segment-history.tsx'
import style from './segment.module.css'

/** Who is in a segment, in words and numbers, and what it has in common with the others. */
export function SegmentPage() {
  const { id: ws } = useWorkspace()
  const { segment } = useParams({ from: '/w/$ws/segments/$segment' })
  const stored = useQuery(segmentQuery(ws, segment))
  if (stored.error !== null) return <Failed isPage error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading rows={8} />
  return <Shown stored={stored.data} />
}

function Shown({ stored }: { readonly stored: StoredSegment }) {
  const text = useText()
  const format = useFormat()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const source = usePeopleSource()
  const [isEditing, setEditing] = useState(false)
  const [isDeleting, setDeleting] = useState(false)
  const { id, title, description, definition, owner, used_by, updated, version } = stored
  const rule: PeopleRule = { segment: { id } }
  const size = useQuery(peopleCountQuery(ws, rule))
  const isListed = 'listed' in definition
  const refused = canSaveReports(role) ? undefined : text('segment.cannotSave')
  const change = useMutation({
    mutationFn: (draft: { readonly title: string; readonly description: string; readonly rule: PeopleRule | null }) =>
      changeSegment(ws, id, version, { title: draft.title, description: draft.description, ...(isListed || draft.rule === null ? {} : { definition: { rule: draft.rule } }) }),
    onSuccess: (_, draft) => {
      setEditing(false)
      toast(text('segment.saved', { title: draft.title }))
    },
    onError: toastFailure,
  })
  const remove = useMutation({
    mutationFn: () => deleteSegment(ws, id),
    onSuccess: async () => {
      await navigate({ to: '/w/$ws/segments', params: { ws } })
      toast(text('segment.deleted', { title }))
    },
    onError: toastFailure,
  })
  const used = used_by.length > 0 ? text('segment.usedFirst', { names: used_by.map((it) => it.title).join(text('list.and')) }) : undefined
  return (
    <Page
      title={title}
      note={description === '' ? undefined : description}
      actions={
        <>
          <Button icon="edit" refused={refused} onClick={() => setEditing(true)}>
            {text('segment.edit')}
          </Button>
          <Button icon="trash" look="danger" refused={refused ?? used} aria-busy={remove.isPending} onClick={() => setDeleting(true)}>
            {text('segment.delete')}
          </Button>
        </>
      }
    >
      <dl className={style.facts}>
        <div>
          <dt>{text('segment.size')}</dt>
          <dd className={style.big}>
            {size.error !== null ? '–' : size.data === undefined ? '…' : <Count value={size.data.people} people={{ of: { rule }, select: undefined, title, asked: size.data.asked }} />}
          </dd>
          {size.data !== undefined && size.data.everybody > 0 && <dd className={style.quiet}>{text('segment.ofEverybody', { share: format.share(size.data.people / size.data.everybody) })}</dd>}
        </div>
        <div>
          <dt>{text('segment.who')}</dt>
          <dd>{'listed' in definition ? text('segment.listedNote', { count: definition.listed.profiles, shown: format.count(definition.listed.profiles) }) : peopleWords(definition.rule, { text, format, names: source })}</dd>
        </div>
        <div>
          <dt>{text('report.owner')}</dt>
          <dd>
            {owner?.name ?? text('report.noOwner')} · <Age time={updated} />
          </dd>
        </div>
      </dl>
      <Section title={text('segment.look')} note={text('segment.lookNote')}>
        <Reports rule={rule} />
      </Section>
      <SegmentHistory segment={id} />
      <Overlaps stored={stored} />
      <Section title={text('research.quotes')}>
        <QuotesAbout of={{ segment: id }} none={text('research.noneOfSegment')} withPlaces />
      </Section>
      <Section title={text('segment.usedBy')}>
        {used_by.length === 0 ? (
          <p className={style.unused}>{text('segment.unused')}</p>
        ) : (
          <ul className={style.links}>
            {used_by.map((it) => (
              <li key={`${it.kind} ${it.id}`}>
                <UseLink use={it} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      {isDeleting && (
        <ConfirmDelete
          title={text('segment.deleteOf', { title })}
          note={text(isListed ? 'segment.deleteListNote' : 'segment.deleteNote')}
          action={text('segment.delete')}
          onConfirm={() => remove.mutate()}
          onClose={() => setDeleting(false)}
        />
      )}
      {isEditing && (
        <SegmentDialog
          heading={text('segment.edit')}
          draft={{ title, description, rule: 'rule' in definition ? definition.rule : null }}
          isListed={isListed}
          isBusy={change.isPending}
          onSave={(draft) => change.mutate(draft)}
          onClose={() => setEditing(false)}
        />
      )}
    </Page>
  )
}

/** What names a segment, where a page shows it. */
function UseLink({ use: { kind, id, title } }: { readonly use: StoredSegment['used_by'][number] }) {
  const { id: ws } = useWorkspace()
  switch (kind) {
    case 'segment':
      return (
        <Link to="/w/$ws/segments/$segment" params={{ ws, segment: id }}>
          {title}
        </Link>
      )
    case 'report':
      return (
        <Link to="/w/$ws/reports/$report" params={{ ws, report: id }}>
          {title}
        </Link>
      )
    default:
      return title
  }
}

/** Reports that can be asked about these people at once. */
function Reports({ rule }: { readonly rule: PeopleRule }) {
  const text = useText()
  const { id: ws, zone } = useWorkspace()
  const range = { last: '90d', zone }
  return (
    <ul className={style.links}>
      <li>
        <Link to="/w/$ws/retention" params={{ ws }} search={{ ask: { kind: 'lifecycle', range, period: 'week', people: rule } }}>
          {text('retention.views.lifecycle')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/retention" params={{ ws }} search={{ ask: { kind: 'retention', range, start: {}, period: 'week', periods_count: 8, people: rule } }}>
          {text('page.retention')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/time" params={{ ws }} search={{ ask: { range, people: rule } }}>
          {text('page.time')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/funnel" params={{ ws }} search={{ ask: { range, steps: [], people: rule } }}>
          {text('page.funnel')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/paths" params={{ ws }} search={{ ask: { range, mode: 'start', by: 'event', length: 6, branches: 6, top: 20, people: rule } }}>
          {text('page.paths')}
        </Link>
      </li>
    </ul>
  )
}

/** As many rules as the server compares. */
const OVERLAP_MAX = 20

/** How many of these people are in other segments too. */
function Overlaps({ stored }: { readonly stored: StoredSegment }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(segmentsQuery(ws))
  const others = (data?.segments ?? []).filter((it) => it.id !== stored.id).slice(0, OVERLAP_MAX - 1)
  const overlap = useQuery(overlapQuery(ws, [{ segment: { id: stored.id } }, ...others.map((it) => ({ segment: { id: it.id } }))]))
  const own = overlap.data?.sizes[0] ?? 0
  return (
    <Section title={text('segment.overlap')} note={text('segment.overlapNote')}>
      {others.length === 0 ? (
        <p className={style.unused}>{text('segment.alone')}</p>
      ) : overlap.error !== null ? (
        <Failed small error={overlap.error} onRetry={() => void overlap.refetch()} />
      ) : overlap.data === undefined ? (
        <Loading rows={3} />
      ) : (
        <ul className={style.overlaps}>
          {sharedWith(overlap.data).map(({ index, people, size }) => {
            const other = others[index - 1]
            if (other === undefined) return null
            return (
              <li key={other.id}>
                <Link to="/w/$ws/segments/$segment" params={{ ws, segment: other.id }}>
                  {other.title}
                </Link>
                <span className={style.track} aria-hidden="true">
                  <span style={{ width: `${own === 0 ? 0 : (100 * people) / own}%` }} />
                </span>
                <span className={style.value}>
                  <Count
                    value={people}
                    people={{ of: { rule: { all: [{ segment: { id: stored.id } }, { segment: { id: other.id } }] } }, select: undefined, title: text('segment.bothTitle', { one: stored.title, other: other.title }), asked: overlap.data.asked }}
                  />
                </span>
                <span className={style.quiet}>{text('segment.shares', { own: own === 0 ? '–' : format.share(people / own), other: size === 0 ? '–' : format.share(people / size) })}</span>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}

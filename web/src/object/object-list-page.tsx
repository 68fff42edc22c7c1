import { Link, useNavigate } from '@tanstack/react-router'
import { type ObjectFacts, standings } from '../api/object.ts'
import { canEditMaps } from '../api/session.ts'
import type { Kinds } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { PeopleFilter } from '../report/people-filter.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { StandingBadge } from '../ui/standing.tsx'
import style from './object.module.css'
import { useObjects } from './use-objects.ts'

/** Orders, shipments, tickets: where each is, and which of their promises are broken, the worst first. */
export function ObjectListPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws, role } = useWorkspace()
  const navigate = useNavigate()
  const { kinds, hasNoKinds, isSeen, kind, range, search, pages, failed, rows, first, edit } = useObjects()
  const hasPromise = kind !== undefined && kinds.find(kind)?.promise != null
  const withCount = (name: string, count: number | undefined) => (first === undefined ? name : text('object.withCount', { name, shown: format.count(count ?? 0) }))
  return (
    <Page
      title={text('page.objects')}
      note={text('object.note')}
      actions={
        <>
          <Link to="/w/$ws/objects/kinds" params={{ ws }} className={style.kinds}>
            {text(canEditMaps(role) ? 'object.editKinds' : 'object.seeKinds')}
          </Link>
          <RangePicker range={range} onChange={(next) => edit((before) => ({ ...before, range: next }))} />
        </>
      }
    >
      {failed !== undefined ? (
        <Failed error={failed.error} onRetry={() => void failed.refetch()} />
      ) : hasNoKinds ? (
        <Empty title={text('object.noKinds')}>{text('object.noKindsNote')}</Empty>
      ) : kind === undefined ? (
        <Loading rows={8} />
      ) : (
        <>
          <div className={style.tabs} role="group" aria-label={text('object.kinds')}>
            {kinds.kinds.map((it) => (
              <Button
                key={it.id}
                size="s"
                look="quiet"
                aria-pressed={it.id === kind}
                data-seen={isSeen(it)}
                onClick={() => edit(({ state: _state, standing: _standing, ...before }) => ({ ...before, kind: it.id }))}
              >
                {kinds.kind(it.id)} {it.id === kind && first !== undefined && <span className={style.count}>{format.compact(first.all)}</span>}
              </Button>
            ))}
          </div>
          <PeopleFilter
            rule={search.who ?? null}
            set={(rule) => edit(({ who: _, ...before }) => (rule === null ? before : { ...before, who: rule }))}
          />
          <div className={style.filters}>
            <SearchField label={text('object.search')} value={search.q ?? ''} onSearch={(q) => edit(({ q: _, ...before }) => (q === '' ? before : { ...before, q }))} />
            <SelectField
              size="s"
              label={text('object.state')}
              value={search.state ?? ''}
              choices={[
                { value: '', label: text('object.anyState') },
                ...(kinds.find(kind)?.states ?? []).map((it) => ({
                  value: it.id,
                  label: withCount(kinds.state(kind, it.id), first?.states.find((one) => one.state === it.id)?.objects),
                })),
              ]}
              onChange={(state) => edit(({ state: _, ...before }) => (state === '' ? before : { ...before, state }))}
            />
            {hasPromise && (
              <SelectField
                size="s"
                label={text('object.promise')}
                value={search.standing ?? ''}
                choices={[
                  { value: '', label: text('object.anyStanding') },
                  ...standings.map((it) => ({
                    value: it,
                    label: withCount(text(`object.standing.${it}`), first?.standings.find((one) => one.standing === it)?.objects),
                  })),
                ]}
                onChange={(chosen) => {
                  const standing = standings.find((it) => it === chosen)
                  edit(({ standing: _, ...before }) => (standing === undefined ? before : { ...before, standing }))
                }}
              />
            )}
            <Button size="s" aria-pressed={search.open === true} onClick={() => edit(({ open, ...before }) => (open === true ? before : { ...before, open: true }))}>
              {text('object.onlyOpen')} {first !== undefined && <span className={style.count}>{format.count(first.open)}</span>}
            </Button>
          </div>
          {rows === undefined || first === undefined ? (
            <Loading rows={8} />
          ) : first.all === 0 && search.range === undefined && search.who === undefined ? (
            <Empty small title={text('object.nothing')}>
              {text('object.nothingNote')}
            </Empty>
          ) : rows.length === 0 ? (
            <Empty small art="search" title={text('object.noneFound')}>
              {text('object.noneFoundNote')}
            </Empty>
          ) : (
            <>
              <p className={style.found}>
                {text('object.found', { shown: format.count(first.found), all: format.count(first.all), moment: format.moment(first.followed_to) })}
              </p>
              <DataTable
                label={kinds.kind(kind)}
                columns={columnsOf(text, format, kinds, hasPromise)}
                rows={rows}
                total={first.found}
                rowKey={(row) => row.id}
                height="max(320px, calc(100dvh - 370px))"
                onEnd={pages.hasNextPage && !pages.isFetchingNextPage ? () => void pages.fetchNextPage() : undefined}
                onOpen={(row) => void navigate({ to: '/w/$ws/objects/$kind/$object', params: { ws, kind: row.kind, object: row.id } })}
              />
            </>
          )}
        </>
      )}
    </Page>
  )
}

/** Where an object stands with its promise is what a narrow screen has to show. */
function columnsOf(text: Text, format: Format, kinds: Kinds, hasPromise: boolean): readonly Column<ObjectFacts>[] {
  return [
    { key: 'id', title: text('object.id'), width: 'minmax(110px, 1.4fr)', cell: (row) => <b className={style.id}>{row.id}</b>, sort: (row) => row.id },
    {
      key: 'state',
      title: text('object.state'),
      width: 'minmax(90px, 1fr)',
      cell: (row) => (row.state == null ? text('object.noState') : kinds.state(row.kind, row.state)),
      sort: (row) => (row.state == null ? '' : kinds.state(row.kind, row.state)),
    },
    ...(hasPromise
      ? [
          {
            key: 'promise',
            title: text('object.promise'),
            width: 'minmax(120px, 1fr)',
            cell: (row: ObjectFacts) => (row.promise == null ? '–' : <StandingBadge promise={row.promise} />),
            sort: (row: ObjectFacts) => row.promise?.gap_ms ?? Number.MIN_SAFE_INTEGER,
          },
        ]
      : []),
    { key: 'since', title: text('object.since'), width: '110px', align: 'end', cell: (row) => (row.since == null ? '–' : <Age time={row.since} />), sort: (row) => (row.since == null ? 0 : Date.parse(row.since)) },
    { key: 'begun', title: text('object.begun'), width: '110px', align: 'end', cell: (row) => <Age time={row.begun} />, sort: (row) => Date.parse(row.begun) },
    { key: 'people', title: text('object.people'), width: '84px', align: 'end', cell: (row) => format.count(row.people_count), sort: (row) => row.people_count },
    { key: 'events', title: text('people.events'), width: '84px', align: 'end', cell: (row) => format.count(row.events_count), sort: (row) => row.events_count },
  ]
}

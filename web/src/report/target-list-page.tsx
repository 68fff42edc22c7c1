import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { canSaveReports } from '../api/session.ts'
import { deleteTarget, type Measured, measuredQuery, type NumberForm, type StoredTarget, targetsQuery } from '../api/target.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { SparkLine } from '../chart/spark-line.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Icon } from '../ui/icon.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Menu } from '../ui/menu.tsx'
import { Page } from '../ui/page.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { TargetDialog } from './target-dialog.tsx'
import { placeOfTarget, sideOf } from './target.ts'
import style from './target.module.css'
import { useNumberWords, useTargetName } from './use-number-words.ts'

type Edited = { readonly stored: StoredTarget | null; readonly form: NumberForm }

/** Every target of the workspace, what is measured now, and whether it is met. */
export function TargetListPage() {
  const text = useText()
  const format = useFormat()
  const { id: ws, role } = useWorkspace()
  const targets = useQuery(targetsQuery(ws))
  const all = targets.data?.targets ?? []
  const measured = useQueries({ queries: all.map((it) => measuredQuery(ws, it)) })
  const [edited, setEdited] = useState<Edited | null>(null)
  const refused = canSaveReports(role) ? undefined : text('report.cannotSave')
  const known = measured.flatMap((it) => (it.data === undefined || !it.data.is_due ? [] : [it.data.is_met]))
  const [met, missed] = [true, false].map((wanted) => known.filter((it) => it === wanted).length)
  return (
    <Page
      title={text('page.targets')}
      note={text('target.pageNote')}
      actions={
        <Button icon="plus" look="primary" refused={refused} onClick={() => setEdited({ stored: null, form: 'count' })}>
          {text('target.new')}
        </Button>
      }
    >
      {targets.error !== null ? (
        <Failed error={targets.error} onRetry={() => void targets.refetch()} />
      ) : targets.data === undefined ? (
        <Loading rows={6} />
      ) : all.length === 0 ? (
        <Empty title={text('target.none')}>{text('target.noneNote')}</Empty>
      ) : (
        <>
          <dl className={style.sums}>
            <div data-met="true">
              <dt>{text('target.met')}</dt>
              <dd>{format.count(met ?? 0)}</dd>
            </div>
            <div data-met="false">
              <dt>{text('target.missed')}</dt>
              <dd>{format.count(missed ?? 0)}</dd>
            </div>
            <div>
              <dt>{text('target.others')}</dt>
              <dd>{format.count(all.length - (met ?? 0) - (missed ?? 0))}</dd>
            </div>
          </dl>
          <div className={style.scroll} tabIndex={0} role="region" aria-label={text('page.targets')}>
            <table className={style.table}>
              <thead>
                <tr>
                  <th scope="col">{text('target.title')}</th>
                  <th scope="col">{text('target.goal')}</th>
                  <th scope="col" data-number>
                    {text('target.nowHead')}
                  </th>
                  <th scope="col">{text('target.standing')}</th>
                  <th scope="col">{text('target.course')}</th>
                  <th scope="col" data-number>
                    {text('target.n')}
                  </th>
                  <th scope="col">
                    <span className="visually-hidden">{text('report.more')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {all.map((stored, index) => (
                  <TargetRow
                    key={stored.id}
                    stored={stored}
                    measured={measured[index]?.data}
                    failed={measured[index]?.isError === true}
                    refused={refused}
                    onEdit={() => setEdited({ stored, form: measured[index]?.data?.form ?? 'count' })}
                  />
                ))}
              </tbody>
            </table>
          </div>
          <p className={style.quiet}>{text('target.about14')}</p>
        </>
      )}
      {edited !== null && <TargetDialog stored={edited.stored} form={edited.form} onClose={() => setEdited(null)} />}
    </Page>
  )
}

type RowProps = {
  readonly stored: StoredTarget
  readonly measured: Measured | undefined
  readonly failed: boolean
  readonly refused: string | undefined
  readonly onEdit: () => void
}

function TargetRow({ stored, measured, failed, refused, onEdit }: RowProps) {
  const text = useText()
  const format = useFormat()
  const words = useNumberWords()
  const { id: ws } = useWorkspace()
  const { target, owner, about } = stored
  const number = useTargetName(target.of)
  const [isDeleting, setDeleting] = useState(false)
  const { side, value } = sideOf(target.bound)
  const { kind, id } = placeOfTarget(target.of)
  const form = measured?.form ?? 'count'
  return (
    <tr>
      <th scope="row">
        <b>{target.title}</b>
        <span className={style.quiet}>
          {about == null ? (
            text('target.gone')
          ) : kind === 'report' ? (
            <Link to="/w/$ws/reports/$report" params={{ ws, report: id }}>
              {about}
            </Link>
          ) : (
            <Link to="/w/$ws/maps/$map" params={{ ws, map: id }}>
              {about}
            </Link>
          )}
          {' · '}
          {number}
          {owner != null && ` · ${owner.name}`}
        </span>
        {target.note !== undefined && target.note !== '' && <span className={style.quiet}>{target.note}</span>}
      </th>
      <td>{measured === undefined ? '…' : text(`target.bound.${side}`, { value: words(value, form) })}</td>
      <td data-number>
        {measured === undefined ? '…' : words(measured.value, form)}
        {measured?.period != null && <span className={style.quiet}>{format.date(format.dayOf(measured.period))}</span>}
      </td>
      <td>{failed ? <span className={style.quiet}>{text('target.cannot')}</span> : measured !== undefined && <Standing measured={measured} />}</td>
      <td>
        {measured !== undefined && measured.course.length > 1 && (
          <SparkLine values={measured.course.map((it) => it.value ?? 0)} words={text('target.courseOf', { title: target.title })} />
        )}
      </td>
      <td data-number>{measured === undefined ? '…' : format.count(measured.n)}</td>
      <td data-number>
        <Menu
          label={text('report.menuOf', { title: target.title })}
          side="bottom-end"
          groups={[
            { items: [{ key: 'edit', label: text('target.edit'), icon: 'edit', refused, run: onEdit }] },
            { items: [{ key: 'delete', label: text('target.delete'), icon: 'trash', danger: true, refused, run: () => setDeleting(true) }] },
          ]}
        >
          {(anchor) => <IconButton {...anchor} size="s" icon="more" label={text('report.menuOf', { title: target.title })} />}
        </Menu>
        {isDeleting && (
          <ConfirmDelete
            title={text('target.deleteTitle', { title: target.title })}
            note={text('target.deleteNote')}
            action={text('target.delete')}
            onConfirm={() => void deleteTarget(ws, stored.id).catch(toastFailure)}
            onClose={() => setDeleting(false)}
          />
        )}
      </td>
    </tr>
  )
}

/** Met or missed, and since when. */
function Standing({ measured }: { readonly measured: Measured }) {
  const text = useText()
  const format = useFormat()
  const { is_due, is_met, missed } = measured
  if (!is_due) return <span className={style.quiet}>{text('target.notDue')}</span>
  if (is_met == null) return <span className={style.quiet}>{text('target.noValue')}</span>
  const day = missed == null ? '' : format.date(format.dayOf(missed.since))
  return (
    <span className={style.standing} data-met={is_met}>
      <Icon name={is_met ? 'check' : 'warning'} size={14} />
      {text(is_met ? 'target.isMet' : 'target.isMissed')}
      {missed != null && <span className={style.quiet}>{text(missed.is_longer ? 'target.sinceBefore' : 'target.sinceDay', { day })}</span>}
    </span>
  )
}

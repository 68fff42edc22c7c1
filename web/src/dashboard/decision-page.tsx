import { useQuery } from '@tanstack/react-query'
import { defaultStringifySearch, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { type ReactNode, useCallback, useState } from 'react'
import { type Answer, reportAnswerQuery } from '../api/dashboard.ts'
import { changeDecision, decisionQuery, deleteDecision, type StoredDecision } from '../api/decision.ts'
import { canSaveReports } from '../api/session.ts'
import { useNames } from '../api/use-names.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { LabelNamesContext } from '../insight/use-label-text.ts'
import { DecisionForm, type DecisionWords } from '../report/decision-dialog.tsx'
import { placeOf } from '../report/saved.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { PeopleContext } from '../ui/people.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import { CardNumbers } from './card-frame.tsx'
import style from './decision.module.css'

/** A decision with the numbers that it was made on, beside those of now. */
export function DecisionPage() {
  const { id: ws } = useWorkspace()
  const { decision } = useParams({ from: '/w/$ws/decisions/$decision' })
  const stored = useQuery(decisionQuery(ws, decision))
  if (stored.error !== null) return <Failed isPage error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading rows={6} />
  return <Shown stored={stored.data} />
}

function Shown({ stored }: { readonly stored: StoredDecision }) {
  const text = useText()
  const format = useFormat()
  const router = useRouter()
  const { id: ws } = useWorkspace()
  const names = useNames()
  const nameOf = useCallback((field: string, value: string) => (field === 'touchpoint' ? names.touchpoint(value) : field === 'stage' ? names.stage(value) : null), [names])
  const { decision, owner, answer, page } = stored
  const now = useQuery(reportAnswerQuery(ws, answer.report))
  const place = placeOf({ report: answer.report, page: page ?? null, against: null })
  return (
    <Page
      title={decision.title}
      note={[format.date(decision.day), ...(owner == null ? [] : [owner.name])].join(' · ')}
      actions={
        <>
          {place !== null && (
            <Button icon="right" onClick={() => void router.navigate({ href: `/w/${ws}/${place.page}${defaultStringifySearch({ ...place.search })}` })}>
              {text('decision.openReport')}
            </Button>
          )}
          <Tools stored={stored} />
        </>
      }
    >
      {decision.text !== undefined && decision.text !== '' && <p className={style.text}>{decision.text}</p>}
      <LabelNamesContext value={nameOf}>
        <div className={style.sides}>
          <Side title={text('decision.then')} answer={answer}>
            {/* The people of then are not those whom the same question finds now. */}
            <PeopleContext value={null}>
              <CardNumbers answer={answer} error={null} onRetry={() => undefined} isTall />
            </PeopleContext>
          </Side>
          <Side title={text('decision.now')} answer={now.data}>
            <CardNumbers answer={now.data} error={now.error} onRetry={() => void now.refetch()} isTall />
          </Side>
        </div>
      </LabelNamesContext>
      <p className={style.quiet}>{text('decision.about')}</p>
    </Page>
  )
}

/** One answer with everything that it depends on. */
function Side({ title, answer, children }: { readonly title: string; readonly answer: Answer | undefined; readonly children: ReactNode }) {
  const text = useText()
  const format = useFormat()
  return (
    <section className={style.side} aria-label={title}>
      <h2>{title}</h2>
      {answer !== undefined && (
        <p className={style.quiet}>
          {text('decision.facts', { asked: format.moment(answer.asked), count: answer.n, n: format.count(answer.n), links: format.count(answer.links) })}
        </p>
      )}
      {children}
    </section>
  )
}

function Tools({ stored }: { readonly stored: StoredDecision }) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const refused = canSaveReports(role) ? undefined : text('report.cannotSave')
  const { decision } = stored
  const save = async (words: DecisionWords) => {
    await changeDecision(ws, stored.id, stored.version, { ...decision, ...words })
    toast(text('decision.saved', { title: words.title }))
    setOpen(null)
  }
  const remove = async () => {
    try {
      await deleteDecision(ws, stored.id)
      await navigate({ to: '/w/$ws/decisions', params: { ws } })
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <>
      <Button icon="edit" refused={refused} onClick={() => setOpen('edit')}>
        {text('decision.edit')}
      </Button>
      <Button icon="trash" refused={refused} onClick={() => setOpen('delete')}>
        {text('decision.delete')}
      </Button>
      {open === 'edit' && (
        <DecisionForm
          heading={text('decision.edit')}
          words={{ title: decision.title, text: decision.text ?? '', day: decision.day }}
          note={text('decision.numbersStay')}
          onSave={save}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete title={text('decision.deleteTitle', { title: decision.title })} note={text('decision.deleteNote')} action={text('decision.delete')} onConfirm={() => void remove()} onClose={() => setOpen(null)} />
      )}
    </>
  )
}

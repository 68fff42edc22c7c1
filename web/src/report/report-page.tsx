import { type ComponentProps, useCallback, useState } from 'react'
import { isComparable } from '../api/compare.ts'
import { canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { useShortcut } from '../ui/use-shortcut.ts'
import { AccountsChoice, type CountedAccounts } from './accounts-choice.tsx'
import { AgainstFilter } from './against-filter.tsx'
import { AsOfFilter, AsOfMark, PeopleOfThen } from './as-of-filter.tsx'
import { type AskedFilter, BotsToggle } from './bots-toggle.tsx'
import { ComparisonView, useComparison } from './comparison-view.tsx'
import { comparisonOf, ExportMenu, type ExportAnswer } from './export-menu.tsx'
import { type AskedPeople, PeopleFilter } from './people-filter.tsx'
import style from './people-filter.module.css'
import { RecordDecision } from './decision-dialog.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { ShowSql } from './sql-dialog.tsx'
import { UnratedNote } from './unrated-note.tsx'
import { SavedBar } from './saved-bar.tsx'
import { useAgainst } from './use-against.ts'
import { useAsOf } from './use-as-of.ts'
import { type Question, useSaved } from './use-saved.ts'

type ReportPageProps = ComponentProps<typeof Page> & {
  readonly question: Question
  /** The answers that the page shows, the main one first. */
  readonly answers: readonly ExportAnswer[]
  /** Whom it is about; none where it asks for more than one group. */
  readonly people: AskedPeople | null
  /** Its conditions on events; none where it has no place for them, or more than one. */
  readonly filter: AskedFilter | null
  /** What it can count in place of people. */
  readonly accounts?: CountedAccounts | undefined
}

/** A page that asks a question: what it asks can be saved, and what it shows can be taken along. */
export function ReportPage({ question, answers, people, filter, accounts, actions, children, ...page }: ReportPageProps) {
  const text = useText()
  const { role } = useWorkspace()
  const saved = useSaved(question)
  const { against } = useAgainst()
  const { asOf } = useAsOf()
  const report = question.report !== null && isComparable(question.report) ? question.report : null
  const compared = useComparison(report, against)
  const isCompared = against !== null && report !== null && compared.data !== undefined && !compared.isPlaceholderData
  const taken = isCompared ? [comparisonOf(text('compare.title'), compared.data), ...answers] : answers
  const [isSaving, setSaving] = useState(false)
  const refused = !canSaveReports(role) ? text('report.cannotSave') : question.report === null ? text('report.askFirst') : undefined
  const { data, isChanged, change } = saved
  const keep = useCallback(() => {
    if (refused !== undefined) return
    if (data === undefined) setSaving(true)
    else if (isChanged && !change.isPending) change.mutate({ asks: true })
  }, [refused, data, isChanged, change])
  useShortcut('mod+s', keep)
  const ofNow = (why: 'then.noDecision' | 'then.noSql') => (asOf === undefined ? undefined : text(why))
  return (
    <PeopleOfThen>
      <Page
        {...page}
        actions={
          <>
            {actions}
            <RecordDecision question={question} answer={answers[0]} refused={refused ?? ofNow('then.noDecision')} />
            <ShowSql answers={answers} refused={ofNow('then.noSql')} />
            <ExportMenu title={saved.data?.title ?? page.title} answers={taken} />
            {saved.data === undefined && (
              <Button icon="bookmark" refused={refused} data-tip-keys="mod+S" aria-keyshortcuts="Control+S Meta+S" onClick={keep}>
                {text('report.save')}
              </Button>
            )}
          </>
        }
      >
        <SavedBar saved={saved} />
        {isSaving && (
          <SaveDialog
            heading={text('report.saveNew')}
            title=""
            description=""
            isBusy={saved.make.isPending}
            onClose={() => setSaving(false)}
            onSave={(title, description) => saved.make.mutate({ title, description }, { onSuccess: () => setSaving(false) })}
          />
        )}
        <div className={style.sides}>
          {people !== null && <PeopleFilter {...people} />}
          {report !== null && <AgainstFilter report={report} />}
          <AsOfFilter />
        </div>
        <AsOfMark />
        {filter !== null && <BotsToggle {...filter} />}
        {accounts !== undefined && <AccountsChoice {...accounts} />}
        {against !== null && report !== null && <ComparisonView report={report} against={against} reply={compared} />}
        <UnratedNote answers={answers} />
        {children}
      </Page>
    </PeopleOfThen>
  )
}

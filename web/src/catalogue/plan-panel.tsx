import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogueQuery } from '../api/catalogue.ts'
import { changePlan, planQuery, proposePlan, type StoredPlan, tryPlanQuery } from '../api/plan.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useCheckedDraft } from '../canvas/use-checked-draft.ts'
import { useText } from '../i18n/use-text.ts'
import { isSame } from '../lib/same.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button } from '../ui/button.tsx'
import { FaultList } from '../ui/fault-list.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { PlanEffect, type PlanDays } from './plan-effect.tsx'
import { PlanEvents } from './plan-events.tsx'
import { PlanHistory } from './plan-history.tsx'
import { PlanModes } from './plan-modes.tsx'
import { PlanSwitch } from './plan-switch.tsx'
import { PlanViolations } from './plan-violations.tsx'
import { planState, withEvent, withProposal } from './plan.ts'
import style from './plan.module.css'

/** The tracking plan: which events there are to be, what breaks it, and what is done with that. */
export function PlanPanel() {
  const { id: ws } = useWorkspace()
  const stored = useQuery(planQuery(ws))
  if (stored.error !== null && stored.data === undefined) return <Failed error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading rows={9} />
  return <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
}

type EditorProps = { readonly ws: string; readonly stored: StoredPlan; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const { role } = useWorkspace()
  const canEdit = canEditMaps(role)
  const [days, setDays] = useState<PlanDays>('30')
  const [isSwitching, setSwitching] = useState(false)
  const draft = useCheckedDraft(
    { version: stored.version, value: stored.plan },
    readAgain,
    (version, plan) => changePlan(ws, version, plan),
    (plan) => tryPlanQuery(ws, plan, Number(days)),
  )
  const { now: plan, change, check, isChecking, isChanged, saving } = draft
  const catalogue = useQuery(catalogueQuery(ws))
  const proposing = useMutation({
    mutationFn: () => proposePlan(ws),
    onSuccess: (proposal) => {
      if (isSame(withProposal(plan, proposal), plan)) toast(text((proposal.events ?? []).length === 0 ? 'plan.nothingYet' : 'plan.nothingMore'))
      else change((now) => withProposal(now, proposal))
    },
    onError: toastFailure,
  })
  const [before, after] = [planState(stored.plan), planState(plan)]
  const isSwitch = (before === 'lock') !== (after === 'lock')
  const faults = check.data?.faults ?? []
  const refused = !canEdit ? text('catalogue.editorsOnly') : !isChanged ? text('settings.nothingNew') : isChecking ? text('draft.checking') : faults.length > 0 ? text('draft.mendFirst') : undefined
  const save = () => saving.mutate(undefined, { onSuccess: () => toast(text(`plan.saved.${after}`)), onError: toastFailure })
  const planned = new Set((plan.events ?? []).map((it) => it.event))
  const seen = catalogue.data?.events.filter((it) => !it.system && !planned.has(it.name)).map((it) => it.name) ?? []
  const propose = (look: 'primary' | 'plain') =>
    canEdit && (
      <Button look={look} icon="spark" aria-busy={proposing.isPending} onClick={() => proposing.mutate()}>
        {text('plan.propose')}
      </Button>
    )
  const faultOf = (name: string) => (planned.has(name) ? text('plan.eventTwice', { name }) : name.startsWith('$') ? text('catalogue.systemStays') : undefined)
  const add = canEdit && <AddNamed label={text('plan.addEvent')} known={seen} faultOf={faultOf} onAdd={(name) => change((now) => withEvent(now, name))} />
  return (
    <>
      {after === 'none' && !isChanged ? (
        <Empty title={text('plan.none')} actions={propose('primary')}>
          {text(canEdit ? 'plan.noneNote' : 'plan.noneReadOnly')}
        </Empty>
      ) : (
        <PlanModes plan={plan} stored={stored} canEdit={canEdit} onChange={(next) => change(() => next)} />
      )}
      {check.error !== null && <Failed small error={check.error} onRetry={() => void check.refetch()} />}
      <FaultList faults={faults} />
      <PlanEvents
        plan={plan}
        tried={check.data}
        canEdit={canEdit}
        tools={(after !== 'none' || isChanged) && propose('plain')}
        add={add}
        onChange={(by) => change(by)}
      />
      {after !== 'none' && check.error === null && <PlanEffect tried={check.data} isLocked={after === 'lock'} isChecking={isChecking} days={days} onDays={setDays} />}
      {canEdit && (after !== 'none' || isChanged) && (
        <div className={style.end}>
          <SectionEnd note={text(isChanged ? 'plan.unsaved' : 'plan.holdsFromNow')}>
            {isChanged && <Button onClick={draft.discard}>{text('draft.discard')}</Button>}
            <Button look="primary" refused={refused} aria-busy={saving.isPending} onClick={() => (isSwitch ? setSwitching(true) : save())}>
              {text(!isSwitch ? 'plan.save' : after === 'lock' ? 'plan.saveLock' : 'plan.saveUnlock')}
            </Button>
          </SectionEnd>
        </div>
      )}
      <PlanViolations stored={stored} seen={new Set(catalogue.data?.events.map((it) => it.name))} />
      <PlanHistory stored={stored} canEdit={canEdit} onRestore={(old) => change(() => old)} />
      {isSwitching && <PlanSwitch to={after} tried={check.data} days={Number(days)} onConfirm={save} onClose={() => setSwitching(false)} />}
    </>
  )
}

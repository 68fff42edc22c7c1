import { Suspense, useState } from 'react'
import { canEditMaps } from '../api/session.ts'
import { givenName } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button } from '../ui/button.tsx'
import { DraftActions } from '../ui/draft-actions.tsx'
import { FaultList } from '../ui/fault-list.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { KindEditor } from './kind-editor.tsx'
import objectStyle from './object.module.css'
import { useKindsDraft } from './use-kinds-draft.ts'

/** Which kinds of objects there are: by which property they are told apart, through which states they go, what is promised. */
export function KindsPage() {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <KindsEditor />
    </Suspense>
  )
}

function KindsEditor() {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const draft = useKindsDraft()
  const { now, act, check, isChecking, isChanged, saving } = draft
  const [chosen, setChosen] = useState(0)
  const at = Math.min(chosen, now.length - 1)
  const kind = now[at]
  const faults = check.data?.faults ?? []
  const counted = (id: string) => check.data?.kinds.find((it) => it.id === id)
  const refused = !canEditMaps(role) ? text('object.cannotEdit') : !isChanged ? text('settings.nothingNew') : isChecking ? text('draft.checking') : faults.length > 0 ? text('draft.mendFirst') : undefined
  return (
    <Page
      title={text('page.objectKinds')}
      note={text('object.kindsNote')}
      actions={
        <DraftActions
          draft={draft}
          refused={refused}
          isSaving={saving.isPending}
          onSave={() => saving.mutate(undefined, { onSuccess: () => toast(text('object.kindsSaved')), onError: toastFailure })}
        />
      }
    >
      {check.error !== null && <Failed small error={check.error} onRetry={() => void check.refetch()} />}
      <FaultList faults={faults} />
      <div className={objectStyle.tabs} role="group" aria-label={text('object.kinds')}>
        {now.map((it, index) => {
          const count = counted(it.id)
          return (
            <Button key={it.id} size="s" look="quiet" aria-pressed={index === at} onClick={() => setChosen(index)}>
              {givenName(it.name, text)} {count !== undefined && <span className={objectStyle.count}>{format.compact(count.objects)}</span>}
            </Button>
          )
        })}
      </div>
      {kind === undefined ? (
        <Empty small title={text('look.nothing')} />
      ) : (
        <KindEditor key={kind.id} kind={kind} others={now.filter((it) => it.id !== kind.id)} count={counted(kind.id)} at={at} act={act} />
      )}
      <AddNamed
        label={text('object.newKind')}
        onAdd={(name) => {
          act({ kind: 'add', name })
          setChosen(now.length)
        }}
      />
    </Page>
  )
}

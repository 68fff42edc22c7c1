import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { decideIdentity, type JoinPreview, joinQuery } from '../api/identity.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { JoinSearch } from './join-search.tsx'
import { JoinSides } from './join-sides.tsx'

type JoinDialogProps = {
  readonly left: number
  /** None while it is still to be found. */
  readonly right?: number
  readonly onClose: () => void
}

/** Joins two profiles by hand: finds the other one, shows both and what they would be, and asks why. */
export function JoinDialog({ left, right, onClose }: JoinDialogProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const [chosen, setChosen] = useState(right)
  if (chosen === undefined) {
    return (
      <Dialog title={text('identity.joinTitle')} width={560} onClose={onClose}>
        <JoinSearch ws={ws} left={left} onChoose={setChosen} />
      </Dialog>
    )
  }
  return <Comparison ws={ws} left={left} right={chosen} onBack={right === undefined ? () => setChosen(undefined) : undefined} onClose={onClose} />
}

type ComparisonProps = { readonly ws: string; readonly left: number; readonly right: number; readonly onBack: (() => void) | undefined; readonly onClose: () => void }

function Comparison({ ws, left, right, onBack, onClose }: ComparisonProps) {
  const text = useText()
  const form = useId()
  const { role } = useWorkspace()
  const [why, setWhy] = useState('')
  const preview = useQuery(joinQuery(ws, left, right))
  const join = useJoin(ws, onClose)
  const refused = refusalOf(canEditMaps(role), preview.data, why)
  return (
    <Dialog
      title={text('identity.joinTitle')}
      width={860}
      onClose={onClose}
      actions={
        <>
          {onBack !== undefined && <Button onClick={onBack}>{text('identity.joinOther')}</Button>}
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" aria-busy={join.isPending} refused={refused === undefined ? undefined : text(refused)}>
            {text('identity.act.join')}
          </Button>
        </>
      }
    >
      {preview.error !== null ? (
        <Failed small error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Loading rows={6} />
      ) : (
        <>
          <JoinSides preview={preview.data} />
          <form
            id={form}
            onSubmit={(event) => {
              event.preventDefault()
              if (refused === undefined && preview.data !== undefined) join.mutate({ preview: preview.data, why: why.trim() })
            }}
          >
            {preview.data.conflict == null && <TextField label={text('identity.why')} hint={text('identity.whyHint')} maxLength={500} value={why} onChange={setWhy} />}
          </form>
        </>
      )}
    </Dialog>
  )
}

/** Joins, and offers to part again. */
function useJoin(ws: string, onJoined: () => void) {
  const text = useText()
  const part = (preview: JoinPreview) =>
    decideIdentity(ws, 'part', preview.left.identifier, preview.right.identifier, text('identity.because.undo')).then(
      (done) => toast(text(done.are_one === true ? 'identity.stillOne' : 'identity.done.part')),
      toastFailure,
    )
  return useMutation({
    mutationFn: ({ preview, why }: { readonly preview: JoinPreview; readonly why: string }) => decideIdentity(ws, 'join', preview.left.identifier, preview.right.identifier, why),
    onSuccess: (_, { preview }) => {
      toast(text('identity.done.join'), { label: text('identity.act.part'), run: () => void part(preview) })
      onJoined()
    },
    onError: toastFailure,
  })
}

/** Why it cannot be done yet. */
function refusalOf(isEditor: boolean, preview: JoinPreview | undefined, why: string) {
  if (!isEditor) return 'identity.editorsOnly'
  if (preview === undefined) return 'look.loading'
  if (preview.conflict != null) return `identity.conflict.${preview.conflict}` as const
  return why.trim() === '' ? 'identity.whyFirst' : undefined
}

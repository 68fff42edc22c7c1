import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Release, type ReleaseOrder, releaseEvents, type StillHeld } from '../api/quarantine.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { toast, toastFailure } from '../ui/toast.tsx'

/** Ways to let in what was held back, and why some of it still is. */
export function useRelease() {
  const { id: ws, role } = useWorkspace()
  const text = useText()
  const [still, setStill] = useState<ReadonlyMap<string, StillHeld>>(new Map())
  const letIn = useMutation({
    mutationFn: (order: ReleaseOrder): Promise<Release> => releaseEvents(ws, order),
    onSuccess: (done) => {
      setStill((before) => new Map([...before, ...done.refused.map((it) => [it.id, it] as const)]))
      if (done.released > 0) toast(text('source.letIn', { count: done.released }))
      if (done.refused_count > 0) toast(text('source.stillHeld', { count: done.refused_count }))
    },
    onError: toastFailure,
  })
  return {
    still,
    canRelease: canEditMaps(role),
    isReleasing: letIn.isPending,
    /** What is being let in now. */
    order: letIn.isPending ? letIn.variables : undefined,
    release: letIn.mutate,
  }
}

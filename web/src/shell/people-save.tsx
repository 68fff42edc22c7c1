import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createSegmentBehind } from '../api/segment.ts'
import { canSaveReports } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SaveDialog } from '../report/save-dialog.tsx'
import { IconButton } from '../ui/button.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { toast, toastFailure } from '../ui/toast.tsx'

/** As many letters as a title has. */
const TITLE_MAX = 100

/** Keeps the people behind a number as a segment, from which every report can look at them. */
export function PeopleSave({ target, total }: { readonly target: PeopleTarget; readonly total: number }) {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws, role } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const make = useMutation({
    mutationFn: (words: { readonly title: string; readonly description: string }) => createSegmentBehind(ws, words, target),
    onSuccess: async (segment, { title }) => {
      await navigate({ to: '/w/$ws/segments/$segment', params: { ws, segment } })
      toast(text('segment.saved', { title }))
    },
    onError: toastFailure,
  })
  const refused = !canSaveReports(role) ? text('segment.cannotSave') : target.asOf !== undefined ? text('then.noSegment') : total === 0 ? text('people.none') : undefined
  return (
    <>
      <IconButton icon="bookmark" label={text('segment.saveThese')} refused={refused} onClick={() => setOpen(true)} />
      {isOpen && (
        <SaveDialog
          heading={text('segment.saveThese')}
          title={target.title.slice(0, TITLE_MAX)}
          description=""
          isBusy={make.isPending}
          onSave={(title, description) => make.mutate({ title, description })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react'
import { loadPageTexts } from '../i18n/i18n.ts'
import { PeopleContext, type PeopleTarget } from '../ui/people.ts'
import { isShared } from './people-search.ts'

const PeoplePanel = lazy(async () => {
  const [{ PeoplePanel }] = await Promise.all([import('./people-panel.tsx'), loadPageTexts()])
  return { default: PeoplePanel }
})

/** Lets every number below open its people. The open list stands in the URL, so that it can be sent to others. */
export function People({ children }: { readonly children: ReactNode }) {
  const navigate = useNavigate()
  const { people } = useSearch({ from: '/w/$ws' })
  const [draft, setDraft] = useState<PeopleTarget | null>(null)
  const open = useCallback(
    (target: PeopleTarget) => {
      if (isShared(target)) {
        setDraft(null)
        void navigate({ to: '.', search: (now) => ({ ...now, people: target }), resetScroll: false })
      } else {
        setDraft(target)
      }
    },
    [navigate],
  )
  const close = () => {
    setDraft(null)
    if (people !== undefined) void navigate({ to: '.', search: ({ people: _, ...rest }) => rest, resetScroll: false })
  }
  const target = draft ?? people
  return (
    <PeopleContext value={open}>
      {children}
      {target !== undefined && (
        <Suspense>
          <PeoplePanel key={JSON.stringify([target.of, target.select, target.asked, target.asOf])} target={target} onClose={close} />
        </Suspense>
      )}
    </PeopleContext>
  )
}

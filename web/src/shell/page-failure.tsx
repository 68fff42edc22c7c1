import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed } from '../ui/look.tsx'

/** What a page shows when it broke; the rest of the product stays usable. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return <Failed isPage error={error} onRetry={retry} />
}

/** What an address shows that leads nowhere. */
export function LostPage() {
  const text = useText()
  const router = useRouter()
  return (
    <main>
      <Empty
        isPage
        art="search"
        title={text('look.lost')}
        actions={<Button onClick={() => void router.navigate({ to: '/' })}>{text('look.toHome')}</Button>}
      >
        {text('look.lostHint')}
      </Empty>
    </main>
  )
}

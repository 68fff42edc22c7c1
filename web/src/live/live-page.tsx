import { useText } from '../i18n/use-text.ts'
import { Empty } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'

export function LivePage() {
  const text = useText()
  return (
    <Page title={text('page.live')}>
      <Empty title={text('look.nothing')} />
    </Page>
  )
}

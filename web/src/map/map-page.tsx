import { useText } from '../i18n/use-text.ts'
import { Empty } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'

export function MapPage() {
  const text = useText()
  return (
    <Page title={text('page.maps')}>
      <Empty title={text('look.nothing')} />
    </Page>
  )
}

import { useText } from '../i18n/use-text.ts'
import { Page } from '../ui/page.tsx'
import { PolicySection } from './policy-section.tsx'
import { SuggestionsSection } from './suggestions-section.tsx'
import { SuspendedSection } from './suspended-section.tsx'

/** Who counts as one person: the rules, and what the rules have found to be nobody's. */
export function IdentityPage() {
  const text = useText()
  return (
    <Page title={text('page.identity')} note={text('identity.note')}>
      <PolicySection />
      <SuggestionsSection />
      <SuspendedSection />
    </Page>
  )
}

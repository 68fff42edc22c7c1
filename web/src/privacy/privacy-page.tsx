import { useText } from '../i18n/use-text.ts'
import { Page } from '../ui/page.tsx'
import { KeepingSection } from './keeping-section.tsx'
import { MaskingSection } from './masking-section.tsx'
import { PurposeSection } from './purpose-section.tsx'

/** How personal data is treated: what people are asked to agree to, what is masked before it is stored, and for how long events are kept. */
export function PrivacyPage() {
  const text = useText()
  return (
    <Page title={text('page.privacy')} note={text('privacy.note')}>
      <PurposeSection />
      <MaskingSection />
      <KeepingSection />
    </Page>
  )
}

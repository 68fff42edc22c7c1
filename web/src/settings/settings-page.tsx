import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Page } from '../ui/page.tsx'
import { AuditSection } from './audit-section.tsx'
import { CrmSection } from './crm-section.tsx'
import { ErasureSection } from './erasure-section.tsx'
import { MemberSection } from './member-section.tsx'
import { MoneySection } from './money-section.tsx'
import { PeopleSection } from './people-section.tsx'
import { WorkspaceSection } from './workspace-section.tsx'

/** What is yours, what is the workspace's, and who works here. */
export function SettingsPage() {
  const text = useText()
  const { role } = useWorkspace()
  const isGoverning = governs(role)
  return (
    <Page title={text('page.settings')} note={text('settings.note')}>
      <MemberSection />
      <WorkspaceSection governs={isGoverning} />
      <MoneySection />
      {isGoverning && <CrmSection />}
      {isGoverning && <PeopleSection />}
      {isGoverning && <ErasureSection />}
      {isGoverning && <AuditSection />}
    </Page>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useText } from '../i18n/use-text.ts'
import { Page } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { ConnectPanel } from './connect-panel.tsx'
import { CostPanel } from './cost-panel.tsx'
import { HookPanel } from './hook-panel.tsx'
import { ImportPanel } from './import-panel.tsx'
import { QuarantinePanel } from './quarantine-panel.tsx'

/** Where events come from: SDKs, webhooks, files, and what was held back of all. */
export function SourcePage() {
  const text = useText()
  const tab = useSearch({ from: '/w/$ws/sources' }).tab ?? 'connect'
  const navigate = useNavigate({ from: '/w/$ws/sources' })
  return (
    <Page
      title={text('page.sources')}
      note={text(`source.note.${tab}`)}
      actions={
        <Segments
          label={text('page.sources')}
          value={tab}
          segments={[
            { value: 'connect', label: text('source.tab.connect'), icon: 'link' },
            { value: 'hooks', label: text('source.tab.hooks'), icon: 'flow' },
            { value: 'import', label: text('source.tab.import'), icon: 'download' },
            { value: 'costs', label: text('source.tab.costs'), icon: 'credit' },
            { value: 'quarantine', label: text('source.tab.quarantine'), icon: 'warning' },
          ]}
          onChange={(next) => void navigate({ search: next === 'connect' ? {} : { tab: next }, replace: true })}
        />
      }
    >
      {tab === 'connect' && <ConnectPanel />}
      {tab === 'hooks' && <HookPanel />}
      {tab === 'import' && <ImportPanel />}
      {tab === 'costs' && <CostPanel />}
      {tab === 'quarantine' && <QuarantinePanel />}
    </Page>
  )
}

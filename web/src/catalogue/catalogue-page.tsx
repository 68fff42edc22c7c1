import { useNavigate, useSearch } from '@tanstack/react-router'
import { useText } from '../i18n/use-text.ts'
import { Page } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { EventDetails } from './event-details.tsx'
import { EventList } from './event-list.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { ProposalList } from './proposal-list.tsx'
import { RuleList } from './rule-list.tsx'

/** Every event and property that is seen: what it means, who uses it, what it is called, and what it is to be. */
export function CataloguePage() {
  const text = useText()
  const { tab = 'events', event } = useSearch({ from: '/w/$ws/catalogue' })
  const navigate = useNavigate({ from: '/w/$ws/catalogue' })
  if (event !== undefined) return <EventDetails key={event} name={event} />
  return (
    <Page
      title={text('page.catalogue')}
      note={text(`catalogue.note.${tab}`)}
      actions={
        <Segments
          label={text('page.catalogue')}
          value={tab}
          segments={[
            { value: 'events', label: text('catalogue.tab.events'), icon: 'catalogue' },
            { value: 'proposals', label: text('catalogue.tab.proposals'), icon: 'spark' },
            { value: 'rules', label: text('catalogue.tab.rules'), icon: 'edit' },
            { value: 'plan', label: text('catalogue.tab.plan'), icon: 'shield' },
          ]}
          onChange={(next) => void navigate({ search: next === 'events' ? {} : { tab: next }, replace: true })}
        />
      }
    >
      {tab === 'events' && <EventList />}
      {tab === 'proposals' && <ProposalList />}
      {tab === 'rules' && <RuleList />}
      {tab === 'plan' && <PlanPanel />}
    </Page>
  )
}

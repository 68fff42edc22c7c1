import { type ReactNode, useState } from 'react'
import type { TrackingPlan, TriedPlan } from '../api/plan.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { PlanEvent } from './plan-event.tsx'
import { breaksOf, changedEvent, foundEvents, withoutEvent } from './plan.ts'
import style from './plan.module.css'

type PlanEventsProps = {
  readonly plan: TrackingPlan
  readonly tried: TriedPlan | undefined
  readonly canEdit: boolean
  readonly tools: ReactNode
  readonly add: ReactNode
  readonly onChange: (by: (plan: TrackingPlan) => TrackingPlan) => void
}

/** More are never drawn at once: a longer plan is searched, or shown on. */
const STEP = 60
/** Fewer than these are seen at once. */
const SEARCH_FROM = 8

/** The events of the plan, each to be opened and changed. */
export function PlanEvents({ plan, tried, canEdit, tools, add, onChange }: PlanEventsProps) {
  const text = useText()
  const [search, setSearch] = useState('')
  const [most, setMost] = useState(STEP)
  const all = plan.events ?? []
  const found = foundEvents(plan, search)
  return (
    <Section title={text('plan.events')} note={text('plan.eventsNote')} aside={tools === false ? undefined : tools}>
      <div className={style.bar}>
        {all.length > SEARCH_FROM && <SearchField label={text('catalogue.search')} value={search} onSearch={setSearch} />}
        {add}
      </div>
      {all.length > 0 && found.length === 0 && <Empty small title={text('look.nothing')} />}
      {all.length === 0 && !canEdit && <Empty small title={text('plan.noEvents')} />}
      <ul className={style.events} aria-label={text('plan.events')}>
        {found.slice(0, most).map((event) => (
          <PlanEvent
            key={event.event}
            event={event}
            breaks={breaksOf(tried, event.event)}
            canEdit={canEdit}
            onChange={(next) => onChange((now) => changedEvent(now, next))}
            onRemove={() => onChange((now) => withoutEvent(now, event.event))}
          />
        ))}
      </ul>
      {found.length > most && (
        <Button size="s" onClick={() => setMost(most + STEP)}>
          {text('plan.more', { count: found.length - most })}
        </Button>
      )}
    </Section>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { catalogueEventQuery } from '../api/catalogue.ts'
import type { PlannedEvent, TriedPlan } from '../api/plan.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { PlanPropertyRow } from './plan-property.tsx'
import { propertyOf, shownPath, wished, wishOf, withProperty } from './plan.ts'
import style from './plan.module.css'

type PlanEventProps = {
  readonly event: PlannedEvent
  readonly breaks: TriedPlan['violations']
  readonly canEdit: boolean
  readonly onChange: (event: PlannedEvent) => void
  readonly onRemove: () => void
}

/** One event of the plan: in a line, and opened with its properties. */
export function PlanEvent({ event, breaks, canEdit, onChange, onRemove }: PlanEventProps) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  const properties = event.properties ?? []
  const required = properties.filter((it) => it.required === true).length
  return (
    <li aria-label={event.event}>
      <details className={style.event} onToggle={(it) => setOpen(it.currentTarget.open)}>
        <summary>
          <b>{event.event}</b>
          <span className={style.quiet}>
            {text('plan.properties', { count: properties.length })}
            {required > 0 && ` · ${text('plan.requiredCount', { count: required })}`}
            {event.other_properties === 'refused' && ` · ${text('plan.onlyThese')}`}
          </span>
          {breaks.length > 0 && <span className={style.breaks}>{text('plan.breaksHere', { count: breaks.length })}</span>}
        </summary>
        {isOpen && <Body event={event} breaks={breaks} canEdit={canEdit} onChange={onChange} onRemove={onRemove} />}
      </details>
    </li>
  )
}

function Body({ event, breaks, canEdit, onChange, onRemove }: PlanEventProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  // An event may be planned before it was ever seen, so that nothing is known of it.
  const seen = useQuery({ ...catalogueEventQuery(ws, event.event), retry: false })
  const properties = event.properties ?? []
  const isListed = (property: string) => properties.some((it) => it.property === property)
  const known = seen.data?.properties.filter((it) => !isListed(it.property)).map((it) => shownPath(it.property)) ?? []
  const others = event.other_properties ?? 'allowed'
  const unplanned = breaks.filter((it) => !isListed(it.property))
  return (
    <div className={style.body}>
      {properties.length > 0 && (
        <ul className={style.properties} aria-label={text('plan.propertiesOf', { name: event.event })}>
          {properties.map((it) => (
            <PlanPropertyRow
              key={it.property}
              path={shownPath(it.property)}
              wish={wishOf(it)}
              breaks={breaks.filter((of) => of.property === it.property)}
              canEdit={canEdit}
              onChange={(wish) => onChange({ ...event, properties: properties.map((of) => (of === it ? wished(it.property, wish) : of)) })}
              onRemove={() => onChange({ ...event, properties: properties.filter((of) => of !== it) })}
            />
          ))}
        </ul>
      )}
      {unplanned.length > 0 && (
        <ul className={style.unplanned} aria-label={text('plan.unplannedOf', { name: event.event })}>
          {unplanned.map((it) => (
            <li key={it.property}>
              <code>{shownPath(it.property)}</code>
              <span className={style.breaks}>{text(`plan.breachCount.${it.breach}`, { count: it.events })}</span>
              {canEdit && (
                <Button size="s" icon="plus" aria-label={text('plan.planIt', { name: shownPath(it.property) })} onClick={() => onChange(withProperty(event, it.property))}>
                  {text('plan.plan')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className={style.foot}>
        {canEdit ? (
          <>
            <AddNamed
              label={text('plan.addProperty')}
              known={known}
              faultOf={(name) => (isListed(propertyOf(name)) ? text('plan.propertyTwice', { name }) : undefined)}
              onAdd={(name) => onChange(withProperty(event, propertyOf(name)))}
            />
            <SelectField
              size="s"
              label={text('plan.otherProperties')}
              value={others}
              choices={(['allowed', 'refused'] as const).map((value) => ({ value, label: text(`plan.others.${value}`) }))}
              onChange={(next) => onChange({ ...event, other_properties: next })}
            />
          </>
        ) : (
          <span className={style.quiet}>
            {text('plan.otherProperties')}: {text(`plan.others.${others}`)}
          </span>
        )}
        <div className={style.acts}>
          {seen.data !== undefined && (
            <Link className={style.link} to="/w/$ws/catalogue" params={{ ws }} search={{ event: event.event }}>
              {text('plan.inCatalogue')}
            </Link>
          )}
          {canEdit && (
            <Button size="s" look="danger" icon="trash" onClick={onRemove}>
              {text('plan.removeEvent')}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

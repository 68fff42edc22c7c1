import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { StoredPlan } from '../api/plan.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { WideTable } from '../ui/wide-table.tsx'
import { planState, shownPath } from './plan.ts'
import style from './plan.module.css'

/** More are shown on asking. */
const STEP = 25

/** What came in since the plan holds and is not as planned. */
export function PlanViolations({ stored, seen }: { readonly stored: StoredPlan; readonly seen: ReadonlySet<string> }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const [most, setMost] = useState(STEP)
  const { violations, since, plan } = stored
  const state = planState(plan)
  if (state === 'none' || since == null) return null
  const isLocked = state === 'lock'
  return (
    <Section
      title={text('plan.violations')}
      note={text('plan.violationsNote', { moment: format.moment(since) })}
      aside={
        <Link className={style.link} to="/w/$ws/sources" params={{ ws }} search={{ tab: 'quarantine', reason: 'plan_broken' }}>
          {text('plan.toHeld')}
        </Link>
      }
    >
      {violations.length === 0 ? (
        <Empty small title={text('plan.noViolations')} />
      ) : (
        <WideTable
          name={text('plan.violations')}
          className={style.table}
          first={text('catalogue.event')}
          words={[text('catalogue.property'), text('plan.what')]}
          heads={[text('plan.times'), text('catalogue.first'), text('catalogue.last'), ...(isLocked ? [text('plan.held')] : [])]}
        >
          {violations.slice(0, most).map((it) => (
            <tr key={`${it.event} ${it.property} ${it.breach}`}>
              <th scope="row">
                {it.event === '' ? (
                  text('plan.manyEvents')
                ) : seen.has(it.event) ? (
                  <Link className={style.link} to="/w/$ws/catalogue" params={{ ws }} search={{ event: it.event }}>
                    {it.event}
                  </Link>
                ) : (
                  it.event
                )}
              </th>
              <td>{it.property === '' ? '–' : <code>{shownPath(it.property)}</code>}</td>
              <td>{text(`plan.breach.${it.breach}`)}</td>
              <td data-number>{format.count(it.count)}</td>
              <td data-number>{format.moment(it.first)}</td>
              <td data-number>{format.moment(it.last)}</td>
              {isLocked && (
                <td data-number>
                  <Link className={style.link} to="/w/$ws/sources" params={{ ws }} search={{ tab: 'quarantine', reason: 'plan_broken' }} aria-label={text('plan.heldOf', { name: it.event === '' ? text('plan.manyEvents') : it.event })}>
                    {text('plan.look')}
                  </Link>
                </td>
              )}
            </tr>
          ))}
        </WideTable>
      )}
      {violations.length > most && (
        <Button size="s" onClick={() => setMost(most + STEP)}>
          {text('plan.more', { count: violations.length - most })}
        </Button>
      )}
    </Section>
  )
}

import { useNames } from '../api/use-names.ts'
import type { Change } from '../api/workspace.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Interval } from '../ui/count.tsx'
import { Icon } from '../ui/icon.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { type Direction, directionOf } from './home.ts'
import style from './home.module.css'

const signs = { up: 'up', down: 'down', new: 'spark', silent: 'pause' } as const satisfies Record<Direction, string>

/** What is different from the week before by more than chance. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  const text = useText()
  return (
    <Section title={text('home.changed')} note={text('home.changedNote')}>
      {changes.length === 0 ? (
        <Empty small title={text('home.unchanged')}>
          {text('home.unchangedNote')}
        </Empty>
      ) : (
        <ul className={style.changes}>
          {changes.map((change) => (
            <ChangeRow key={`${change.kind} ${change.subject}`} change={change} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function ChangeRow({ change }: { readonly change: Change }) {
  const text = useText()
  const format = useFormat()
  const names = useNames()
  const direction = directionOf(change)
  const [low, high] = change.interval ?? []
  return (
    <li data-direction={direction}>
      <Icon name={signs[direction]} size={15} />
      <div>
        <span className={style.subject}>{change.kind === 'stage_share' ? names.stage(change.subject) : change.subject}</span>{' '}
        <span className={style.numbers}>{text(`home.change.${change.kind}`, shownNumbers(change, format))}</span>
      </div>
      <div className={style.amount}>
        {change.change != null && text('number.points', { points: format.points(change.change) })}
        {low !== undefined && high !== undefined && (
          <small>
            <Interval low={low} high={high} shown={format.points} />
          </small>
        )}
      </div>
    </li>
  )
}

/** The numbers of a change in words: shares of active people, except where there is nothing to compare with. */
function shownNumbers(change: Change, format: Format): { readonly now: string; readonly before: string } {
  if (change.kind === 'new_event' || change.kind === 'silent_event') return { now: format.count(Math.round(change.now)), before: format.count(Math.round(change.before)) }
  return { now: format.share(change.now), before: format.share(change.before) }
}

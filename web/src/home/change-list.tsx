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
  const direction = directionOf(change)
  const show = valueFormat(change, format)
  return (
    <li data-direction={direction}>
      <Icon name={signs[direction]} size={15} />
      <div>
        <span className={style.subject}>{change.subject}</span>{' '}
        <span className={style.numbers}>{text(`home.change.${change.kind}`, { now: show(change.now), before: show(change.before) })}</span>
      </div>
      <div className={style.amount}>
        {change.change !== null && format.change(change.change)}
        {change.interval !== null && (
          <small>
            <Interval low={change.interval[0]} high={change.interval[1]} shown={format.change} />
          </small>
        )}
      </div>
    </li>
  )
}

function valueFormat(change: Change, format: Format): (value: number) => string {
  return change.kind === 'stage_share' ? format.share : format.count
}

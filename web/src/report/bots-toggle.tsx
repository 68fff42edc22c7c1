import { useId } from 'react'
import type { Rule } from '../api/model.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { leavesBotsOut, withBots, withoutBots } from './bots.ts'
import style from './people-filter.module.css'

/** The conditions on events of a question, and how to ask others. */
export type AskedFilter = { readonly rule: Rule | null | undefined; readonly set: (rule: Rule | null) => void }

/** Puts the condition that leaves bots out into the question's own filter, or takes it out again. */
export function BotsToggle({ rule, set }: AskedFilter) {
  const text = useText()
  const hint = useId()
  const isOut = leavesBotsOut(rule)
  return (
    <div className={style.quick}>
      <Button size="s" icon={isOut ? 'check' : 'filter'} aria-pressed={isOut} aria-describedby={hint} onClick={() => set(isOut ? withBots(rule) : withoutBots(rule))}>
        {text('bots.leaveOut')}
      </Button>
      <p id={hint} className={style.hint}>
        {text('bots.about')}
      </p>
    </div>
  )
}

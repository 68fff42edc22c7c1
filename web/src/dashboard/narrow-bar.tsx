import { useState } from 'react'
import type { Narrow } from '../api/dashboard.ts'
import type { Range, Rule } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Popover } from '../ui/popover.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { ruleWords } from '../ui/rule-words.ts'
import { isWhole } from './narrow-search.ts'
import style from './board.module.css'

type BarProps = {
  readonly narrow: Narrow
  /** Whether it differs from what the dashboard says. */
  readonly isOwn: boolean
  readonly refused: string | undefined
  readonly onRange: (range: Range | null) => void
  readonly onFilter: (filter: Rule | null) => void
  readonly onReset: () => void
  readonly onKeep: () => void
}

/** What holds for all cards: the days, and a filter on events. */
export function NarrowBar({ narrow, isOwn, refused, onRange, onFilter, onReset, onKeep }: BarProps) {
  const text = useText()
  const { range, filter } = narrow
  return (
    <div className={style.bar} role="group" aria-label={text('dashboard.forAll')}>
      <span className={style.barName}>{text('dashboard.forAll')}</span>
      <RangePicker range={range ?? null} side="bottom-start" own={text('dashboard.ownRanges')} onOwn={() => onRange(null)} onChange={onRange} />
      <span className={style.filter}>
        <Popover
          label={text('dashboard.filter')}
          target={(target) => (
            <Button {...target} icon="filter">
              <span className={style.rule}>{filter == null ? text('dashboard.filter') : ruleWords(filter, text)}</span>
            </Button>
          )}
        >
          {() => <FilterPanel filter={filter ?? null} onFilter={onFilter} />}
        </Popover>
        {filter != null && <IconButton size="s" icon="close" label={text('dashboard.clearFilter')} onClick={() => onFilter(null)} />}
      </span>
      {isOwn && (
        <span className={style.own}>
          <span className={style.quiet} role="status">
            {text('dashboard.ownView')}
          </span>
          <Button size="s" look="quiet" onClick={onReset}>
            {text('dashboard.reset')}
          </Button>
          <Button size="s" refused={refused} onClick={onKeep}>
            {text('dashboard.keep')}
          </Button>
        </span>
      )}
    </div>
  )
}

/** Conditions take hold once they are whole. */
function FilterPanel({ filter, onFilter }: { readonly filter: Rule | null; readonly onFilter: (filter: Rule | null) => void }) {
  const text = useText()
  const source = useMatcherSource()
  const [draft, setDraft] = useState(filter)
  return (
    <div className={style.filterPanel}>
      <p className={style.quiet}>{text('dashboard.filterNote')}</p>
      <FilterBuilder
        rule={draft}
        source={source}
        onChange={(next) => {
          setDraft(next)
          if (next === null || isWhole(next)) onFilter(next)
        }}
      />
    </div>
  )
}

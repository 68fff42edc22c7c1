import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Popover } from '../ui/popover.tsx'
import { countConditions } from '../ui/rule.ts'
import { NamedSteps } from './named-steps.tsx'
import { pauseWords } from './pause-words.ts'
import { TimeOf } from './time-of.tsx'
import type { TimeAsk, TimeChange } from './time.ts'
import style from './time.module.css'

type ChoicesProps = {
  readonly ask: TimeAsk
  readonly change: (change: TimeChange) => void
}

const silences = ['1d', '7d', '14d', '30d', '90d'] as const

/** Which stages, and what ends a stay. */
export function TimeChoices({ ask, change }: ChoicesProps) {
  const text = useText()
  const source = useMatcherSource()
  const { own, silence } = ask
  return (
    <div className={style.ask}>
      <div className={style.fields}>
        <TimeOf />
        <SelectField
          label={text('time.silence')}
          value={silence ?? ''}
          choices={[
            { value: '', label: text('time.never') },
            ...[...new Set([...silences, ...(silence === undefined ? [] : [silence])])].map((value) => ({ value, label: text('time.after', { span: pauseWords(text, value) }) })),
          ]}
          onChange={(value) => change({ silence: value === '' ? undefined : value })}
        />
        <Popover
          label={text('paths.filter')}
          target={(target) => (
            <Button {...target} icon="filter">
              {ask.filter === undefined ? text('paths.filter') : text('matcher.conditions', { count: countConditions(ask.filter) })}
            </Button>
          )}
        >
          {() => <FilterBuilder rule={ask.filter} source={source} onChange={(rule) => change({ filter: rule ?? undefined })} />}
        </Popover>
      </div>
      {own !== undefined && (
        <div>
          <NamedSteps label={text('time.ofs.own')} steps={own} onChange={(steps) => change({ own: steps })} />
          <p className={style.hint}>{text('time.ownHint')}</p>
        </div>
      )}
    </div>
  )
}

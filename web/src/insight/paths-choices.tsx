import type { Matcher } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Popover } from '../ui/popover.tsx'
import { countConditions } from '../ui/rule.ts'
import { Segments } from '../ui/segments.tsx'
import { fieldChoices } from './field-choices.ts'
import { NamedSteps } from './named-steps.tsx'
import type { PathsChange } from './paths.ts'
import { type PathsAsk, pathsBys, pathsModes } from './paths-ask.ts'
import { pauseWords } from './pause-words.ts'
import style from './paths.module.css'

type ChoicesProps = {
  readonly ask: PathsAsk
  readonly change: (change: PathsChange) => void
  readonly hasStages: boolean
  readonly hasTouchpoints: boolean
}

const lengths = [3, 4, 5, 6, 7, 8, 10] as const
const branchCounts = [3, 4, 6, 8, 12] as const
/** Pauses that are offered at once; an address may hold any. */
const pauses = ['30m', '1h', '12h', '1d', '7d', '14d'] as const

/** Which paths, made of what, and how much of them is drawn. */
export function PathsChoices({ ask, change, hasStages, hasTouchpoints }: ChoicesProps) {
  const text = useText()
  const source = useMatcherSource()
  const { mode, by, pause } = ask
  const take = (matcher: Matcher) => (Object.keys(matcher).length === 0 ? undefined : matcher)
  const bys = pathsBys.filter((it) => it === by || (it === 'stage' ? hasStages : it !== 'touchpoint' || hasTouchpoints))
  const numbers = (all: readonly number[], now: number) => [...new Set([...all, now])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: String(it) }))
  return (
    <div className={style.ask}>
      <div className={style.modes}>
        <Segments label={text('paths.mode')} value={mode} segments={pathsModes.map((value) => ({ value, label: text(`paths.modes.${value}`) }))} onChange={(value) => change({ mode: value })} />
      </div>
      <div className={style.fields}>
        {mode !== 'start' && (
          <div className={style.event}>
            <MatcherPicker
              label={text(mode === 'between' ? 'paths.fromEvent' : 'paths.anchor')}
              value={ask.anchor ?? {}}
              source={source}
              onChange={(matcher) => change({ anchor: take(matcher) })}
            />
          </div>
        )}
        {mode === 'between' && (
          <div className={style.event}>
            <MatcherPicker label={text('paths.toEvent')} value={ask.goal ?? {}} source={source} onChange={(matcher) => change({ goal: take(matcher) })} />
          </div>
        )}
        {mode !== 'start' && (
          <SelectField
            label={text('paths.occurrence')}
            value={String(ask.occurrence ?? 'each')}
            choices={[
              { value: 'each', label: text(mode === 'before' && ask.tail !== true ? 'paths.occurrences.usual' : 'paths.occurrences.each') },
              ...[...new Set([1, 2, 3, 4, 5, ...(typeof ask.occurrence === 'number' ? [ask.occurrence] : [])])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: it === 1 ? text('paths.occurrences.first') : text('paths.occurrences.nth', { number: it }) })),
              { value: 'last', label: text('paths.occurrences.last') },
            ]}
            onChange={(value) => change({ occurrence: value === 'each' ? undefined : value === 'last' ? value : Number(value) })}
          />
        )}
        <SelectField label={text('paths.by')} value={by} choices={bys.map((value) => ({ value, label: text(`paths.bys.${value}`) }))} onChange={(value) => change({ by: value })} />
        {by === 'field' && (
          <SelectField
            label={text('paths.field')}
            value={ask.field ?? ''}
            choices={[{ value: '', label: text('paths.chooseField') }, ...fieldChoices(source.fields.map((it) => it.field)).filter((it) => it.value.includes('.') || it.value === 'source')]}
            onChange={(value) => change({ field: value === '' ? undefined : value })}
          />
        )}
        <SelectField
          label={text('paths.unit')}
          value={pause ?? ''}
          choices={[
            { value: '', label: text('paths.whole') },
            ...[...new Set([...pauses, ...(pause === undefined ? [] : [pause])])].map((value) => ({ value, label: text('paths.untilPause', { span: pauseWords(text, value) }) })),
          ]}
          onChange={(value) => change({ pause: value === '' ? undefined : value })}
        />
        <SelectField label={text('paths.length')} value={String(ask.length)} choices={numbers(lengths, ask.length)} onChange={(value) => change({ length: Number(value) })} />
        <SelectField label={text('paths.branches')} value={String(ask.branches)} choices={numbers(branchCounts, ask.branches)} onChange={(value) => change({ branches: Number(value) })} />
        <div className={style.more}>
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
          <label className={style.check}>
            <input type="checkbox" checked={ask.repeats === true} onChange={(event) => change({ repeats: event.currentTarget.checked ? true : undefined })} />
            {text('paths.repeats')}
          </label>
          {(mode === 'before' || mode === 'around') && (
            <label className={style.check} data-tip={text('paths.tailTip')}>
              <input type="checkbox" checked={ask.tail === true} onChange={(event) => change({ tail: event.currentTarget.checked ? true : undefined })} />
              {text('paths.tail')}
            </label>
          )}
        </div>
      </div>
      {by === 'own' && <NamedSteps label={text('paths.bys.own')} steps={ask.own ?? []} onChange={(own) => change({ own })} />}
    </div>
  )
}

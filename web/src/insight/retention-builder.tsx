import { useState } from 'react'
import type { Matcher } from '../api/model.ts'
import type { PeriodUnit, ReturnQuestion } from '../api/retention.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { agreed, readBrackets, switched, unitsOf, views, writeBrackets } from './retention.ts'
import style from './retention.module.css'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps<Question> = { readonly question: Question; readonly change: (question: ReturnQuestion) => void }
type Of<Kind extends ReturnQuestion['kind']> = Extract<ReturnQuestion, { readonly kind: Kind }>

const units = ['hour', 'day', 'week', 'month'] as const satisfies readonly PeriodUnit[]

/** What is looked at, and every choice that the numbers depend on. */
export function RetentionBuilder({ question, change }: BuilderProps<ReturnQuestion>) {
  const text = useText()
  const source = useMatcherSource()
  return (
    <div className={style.builder}>
      <Section title={text('retention.view')}>
        <Segments
          label={text('retention.view')}
          value={question.kind}
          segments={views.map((value) => ({ value, label: text(`retention.views.${value}`) }))}
          onChange={(view) => change(switched(question, view))}
        />
      </Section>
      {question.kind === 'retention' ? (
        <RetentionChoices question={question} change={change} />
      ) : (
        <Section title={text('retention.choices')} note={text('retention.choicesNote')}>
          <div className={style.choices}>
            <MatcherPicker label={text('retention.active')} value={question.active ?? {}} source={source} onChange={(active: Matcher) => change({ ...question, active })} />
            {question.kind === 'stickiness' ? <StickyUnits question={question} change={change} /> : <PeriodChoice question={question} change={change} choices={units} />}
            <WeekStart question={question} change={change} />
          </div>
        </Section>
      )}
      <Section title={text('retention.filter')}>
        <FilterBuilder rule={question.filter} source={source} onChange={(filter) => change({ ...question, filter })} />
      </Section>
    </div>
  )
}

function RetentionChoices({ question, change }: BuilderProps<Of<'retention'>>) {
  const text = useText()
  const source = useMatcherSource()
  const { cohorts = 'first_ever', clock = 'calendar', mode = 'on', periods_count = 12 } = question
  const set = (next: Partial<Of<'retention'>>) => change({ kind: 'retention', ...agreed({ ...question, ...next }) })
  const fields = useByChoices([question.breakdown], question.accounts ?? null)
  return (
    <Section title={text('retention.choices')} note={text('retention.choicesNote')}>
      <div className={style.choices}>
        <MatcherPicker label={text('retention.start')} value={question.start} source={source} onChange={(start) => set({ start })} />
        <SelectField
          size="s"
          label={text('retention.cohorts')}
          value={cohorts}
          choices={(['first_ever', 'each_period'] as const).map((value) => ({ value, label: text(`retention.cohort.${value}`) }))}
          onChange={(value) => set({ cohorts: value })}
        />
        <MatcherPicker label={text('retention.returns')} value={question.returns ?? {}} source={source} onChange={(returns) => set({ returns })} />
        <SelectField
          size="s"
          label={text('retention.mode')}
          value={typeof mode === 'string' ? mode : 'brackets'}
          choices={(['on', 'on_or_after', 'brackets'] as const).map((value) => ({ value, label: text(`retention.modes.${value}`) }))}
          onChange={(value) => set({ mode: value === 'brackets' ? { brackets: [{ from: 1, to: 2 }, { from: 3, to: 6 }] } : value })}
        />
        {typeof mode === 'string' ? (
          <SelectField
            size="s"
            label={text('retention.periodsCount')}
            value={String(periods_count)}
            choices={[...new Set([4, 8, 12, 15, 24, 31, 60, periods_count])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: String(it) }))}
            onChange={(value) => set({ periods_count: Number(value) })}
          />
        ) : (
          <Brackets key={writeBrackets(mode.brackets)} brackets={mode.brackets} onChange={(brackets) => set({ mode: { brackets } })} />
        )}
        <div className={style.pair}>
          <PeriodChoice question={question} change={change} choices={clock === 'rolling' ? units.slice(0, 3) : units} />
          <SelectField
            size="s"
            label={text('retention.clock')}
            value={clock}
            choices={(['calendar', 'rolling'] as const).map((value) => ({ value, label: text(`retention.clocks.${value}`) }))}
            onChange={(value) => set({ clock: value, ...(value === 'rolling' && question.period === 'month' ? { period: 'week' as const } : {}) })}
          />
        </div>
        <WeekStart question={question} change={change} />
        <SelectField
          size="s"
          label={text('funnel.breakdown')}
          value={question.breakdown ?? ''}
          choices={[{ value: '', label: text('funnel.noField') }, ...fields]}
          onChange={(field) => set({ breakdown: field === '' ? null : field })}
        />
      </div>
    </Section>
  )
}

type BracketsProps = {
  readonly brackets: readonly { readonly from: number; readonly to: number }[]
  readonly onChange: (brackets: { readonly from: number; readonly to: number }[]) => void
}

/** Ranges of periods as a person writes them; they count once they can be read. */
function Brackets({ brackets, onChange }: BracketsProps) {
  const text = useText()
  const [words, setWords] = useState(writeBrackets(brackets))
  const read = readBrackets(words)
  return (
    <TextField
      size="s"
      label={text('retention.brackets')}
      hint={text('retention.bracketsHint')}
      fault={read === null ? text('retention.bracketsFault') : undefined}
      value={words}
      onChange={setWords}
      onBlur={() => read !== null && writeBrackets(read) !== writeBrackets(brackets) && onChange([...read])}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing && read !== null) onChange([...read])
      }}
    />
  )
}

function PeriodChoice({ question, change, choices }: BuilderProps<ReturnQuestion> & { readonly choices: readonly PeriodUnit[] }) {
  const text = useText()
  return (
    <SelectField
      size="s"
      label={text('retention.period')}
      value={question.period ?? 'day'}
      choices={choices.map((value) => ({ value, label: text(`retention.units.${value}`) }))}
      onChange={(period) => change({ ...question, period })}
    />
  )
}

function StickyUnits({ question, change }: BuilderProps<Of<'stickiness'>>) {
  const text = useText()
  const { period = 'week', unit = 'day' } = question
  const allowed = unitsOf(period)
  return (
    <div className={style.pair}>
      <SelectField
        size="s"
        label={text('retention.period')}
        value={period}
        choices={units.slice(1).map((value) => ({ value, label: text(`retention.units.${value}`) }))}
        onChange={(value) => change({ ...question, period: value, unit: unitsOf(value).includes(unit) ? unit : 'hour' })}
      />
      <SelectField
        size="s"
        label={text('retention.countedIn')}
        value={unit}
        choices={allowed.map((value) => ({ value, label: text(`retention.units.${value}`) }))}
        onChange={(value) => change({ ...question, unit: value })}
      />
    </div>
  )
}

/** Shown where weeks are counted. */
function WeekStart({ question, change }: BuilderProps<ReturnQuestion>) {
  const text = useText()
  const hasWeeks = question.period === 'week' || (question.kind === 'stickiness' && question.unit === 'week')
  if (!hasWeeks) return null
  return (
    <SelectField
      size="s"
      label={text('retention.weekStart')}
      value={question.week_start ?? 'monday'}
      choices={(['monday', 'sunday'] as const).map((value) => ({ value, label: text(`retention.weekStarts.${value}`) }))}
      onChange={(week_start) => change({ ...question, week_start })}
    />
  )
}

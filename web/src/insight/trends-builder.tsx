import { useState } from 'react'
import type { FieldUse } from '../api/catalog.ts'
import type { PeriodUnit, Trends, TrendFormula, TrendSeries } from '../api/trends.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { fieldName } from '../ui/field-name.ts'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { renamed } from './step-name.ts'
import { Suggested } from './suggested.tsx'
import { displayAs, displayChoices, displayOf, FORMULAS_MAX, freeName, letterOf, measureAs, type MeasureKind, measureKinds, measureOf, SERIES_MAX, type TrendsEdit, weightOf } from './trends.ts'
import style from './trends.module.css'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps = { readonly trends: Trends; readonly edit: (edit: TrendsEdit) => void }

const units = ['hour', 'day', 'week', 'month'] as const satisfies readonly PeriodUnit[]

/** The series, what is computed of them, and every choice that the numbers depend on. */
export function TrendsBuilder({ trends, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const fields = useByChoices([trends.breakdown], trends.accounts ?? null)
  const set = (change: Partial<Trends>) => edit({ kind: 'set', change })
  const count = trends.series.length
  return (
    <div className={style.builder}>
      <Section title={text('trends.series')} note={text('trends.seriesNote')}>
        <ol className={style.series} aria-label={text('trends.series')}>
          {trends.series.map((series, index) => (
            <SeriesRow key={index} index={index} series={series} edit={edit} />
          ))}
        </ol>
        <Button
          icon="plus"
          refused={count >= SERIES_MAX ? text('trends.fullSeries', { count: SERIES_MAX }) : undefined}
          onClick={() => edit({ kind: 'add', series: { name: freeName(trends, text('trends.newSeries', { letter: letterOf(count) })), matcher: {} } })}
        >
          {text('trends.addSeries')}
        </Button>
      </Section>
      <Formulas trends={trends} edit={edit} />
      <Section title={text('trends.choices')} note={text('retention.choicesNote')}>
        <div className={style.choices}>
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('trends.period')}
              value={trends.period ?? 'day'}
              choices={units.map((value) => ({ value, label: text(`retention.units.${value}`) }))}
              onChange={(period) => set({ period })}
            />
            <SelectField
              size="s"
              label={text('trends.display')}
              value={displayOf(trends.display)}
              choices={[...new Set([...displayChoices, displayOf(trends.display)])].map((value) => ({
                value,
                label: value === 'plain' || value === 'running' ? text(`trends.displays.${value}`) : text('trends.displays.moving', { count: Number(value) }),
              }))}
              onChange={(value) => set({ display: displayAs(value) })}
            />
          </div>
          {trends.period === 'week' && (
            <SelectField
              size="s"
              label={text('retention.weekStart')}
              value={trends.week_start ?? 'monday'}
              choices={(['monday', 'sunday'] as const).map((value) => ({ value, label: text(`retention.weekStarts.${value}`) }))}
              onChange={(week_start) => set({ week_start })}
            />
          )}
          <SelectField
            size="s"
            label={text('funnel.breakdown')}
            value={trends.breakdown ?? ''}
            choices={[{ value: '', label: text('funnel.noField') }, ...fields]}
            onChange={(field) => set({ breakdown: field === '' ? null : field })}
          />
        </div>
      </Section>
      <Section title={text('retention.filter')}>
        <FilterBuilder rule={trends.filter} source={source} onChange={(filter) => set({ filter })} />
      </Section>
      <div className={style.apart}>
        <Suggested
          title={text('trends.suggested')}
          choices={(['touchpoint', 'channel'] as const).map((field) => ({
            names: [text(`trends.suggest.${field}`)],
            run: () => set({ series: [{ name: text('trends.usual.profiles'), matcher: {}, measure: 'profiles' }], formulas: [], breakdown: field, period: 'day', display: 'plain' }),
          }))}
        />
      </div>
    </div>
  )
}

type SeriesProps = { readonly index: number; readonly series: TrendSeries; readonly edit: (edit: TrendsEdit) => void }

function SeriesRow({ index, series, edit }: SeriesProps) {
  const text = useText()
  const source = useMatcherSource()
  const letter = letterOf(index)
  const { kind, field, permille } = measureOf(series.measure)
  const fields = measuredFields(kind, source.fields, field)
  const weight = weightOf(series.measure)
  const change = (next: Partial<TrendSeries>) => edit({ kind: 'series', index, series: { ...series, ...next } })
  return (
    <li className={style.row}>
      <span className={style.letter} aria-hidden="true">
        {letter}
      </span>
      <div className={style.grow}>
        <TextField size="s" label={text('trends.seriesName', { letter })} labelHidden value={series.name} onChange={(name) => change({ name })} />
        <MatcherPicker
          label={text('trends.seriesEvents', { letter })}
          labelHidden
          value={series.matcher}
          source={source}
          onChange={(matcher) => edit({ kind: 'series', index, series: renamed({ ...series, matcher }, series, source.touchpoints) })}
        />
        <div className={style.pair}>
          <SelectField
            size="s"
            label={text('trends.seriesMeasure', { letter })}
            labelHidden
            value={kind}
            choices={measureKinds.map((value) => ({ value, label: measureName(value, permille, text) }))}
            onChange={(value) => change({ measure: measureAs(value, measuredFields(value, source.fields, field)[0]?.field ?? 'properties.value', permille) })}
          />
          {field !== null && (
            <SelectField
              size="s"
              label={text('trends.seriesField', { letter })}
              labelHidden
              value={field}
              choices={fields.map((it) => ({ value: it.field, label: fieldName(it.field, text) }))}
              onChange={(value) => change({ measure: measureAs(kind, value, permille, weight ?? undefined) })}
            />
          )}
          {field !== null && weight !== null && (
            <SelectField
              size="s"
              label={text('trends.seriesWeight', { letter })}
              value={weight}
              choices={measuredFields(kind, source.fields, weight).map((it) => ({ value: it.field, label: fieldName(it.field, text) }))}
              onChange={(value) => change({ measure: measureAs(kind, field, permille, value) })}
            />
          )}
        </div>
      </div>
      <IconButton size="s" icon="trash" label={text('trends.removeSeries', { letter })} onClick={() => edit({ kind: 'remove', index })} />
    </li>
  )
}

function measureName(kind: MeasureKind, permille: number, text: ReturnType<typeof useText>): string {
  return kind === 'p90' ? text('trends.measure.quantile', { percent: permille / 10 }) : text(`trends.measure.${kind}`)
}

/** Fields that hold what is measured, the chosen one first; numbers, or anything where values are told apart. */
function measuredFields(kind: MeasureKind, seen: readonly FieldUse[], chosen: string | null): readonly { readonly field: string }[] {
  const isNumber = ({ types }: FieldUse) => types.includes('number')
  const isOwn = ({ field }: FieldUse) => field.startsWith('properties.') || field.startsWith('context.')
  const fields = kind === 'distinct' ? seen : seen.filter((it) => isNumber(it) && isOwn(it))
  const isUsable = chosen !== null && (kind === 'distinct' || chosen.includes('.'))
  return isUsable ? [{ field: chosen }, ...fields.filter((it) => it.field !== chosen)] : fields
}

function Formulas({ trends, edit }: BuilderProps) {
  const text = useText()
  const formulas = trends.formulas ?? []
  return (
    <Section title={text('trends.formulas')} note={text('trends.formulasNote')}>
      {formulas.length > 0 && (
        <ol className={style.series} aria-label={text('trends.formulas')}>
          {formulas.map((formula, index) => (
            <FormulaRow key={`${index} ${formula.expression}`} index={index} formula={formula} edit={edit} />
          ))}
        </ol>
      )}
      <div className={style.under}>
        <Button
          icon="plus"
          refused={formulas.length >= FORMULAS_MAX ? text('trends.fullFormulas', { count: FORMULAS_MAX }) : undefined}
          onClick={() =>
            edit({ kind: 'addFormula', formula: { name: freeName(trends, text('trends.newFormula')), expression: trends.series.length > 1 ? 'A / B' : 'A * 1' } })
          }
        >
          {text('trends.addFormula')}
        </Button>
      </div>
    </Section>
  )
}

/** An expression counts once it is written to its end: what is half of one would only be refused. */
function FormulaRow({ index, formula, edit }: { readonly index: number; readonly formula: TrendFormula; readonly edit: (edit: TrendsEdit) => void }) {
  const text = useText()
  const [words, setWords] = useState(formula.expression)
  const number = index + 1
  const keep = () => words !== formula.expression && edit({ kind: 'formula', index, formula: { ...formula, expression: words } })
  return (
    <li className={style.row}>
      <span className={style.letter} data-formula aria-hidden="true">
        ƒ
      </span>
      <div className={style.grow}>
        <TextField
          size="s"
          label={text('trends.formulaName', { number })}
          labelHidden
          value={formula.name}
          onChange={(name) => edit({ kind: 'formula', index, formula: { ...formula, name } })}
        />
        <TextField
          size="s"
          mono
          label={text('trends.formulaText', { number })}
          labelHidden
          value={words}
          onChange={setWords}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) keep()
          }}
        />
      </div>
      <IconButton size="s" icon="trash" label={text('trends.removeFormula', { number })} onClick={() => edit({ kind: 'removeFormula', index })} />
    </li>
  )
}

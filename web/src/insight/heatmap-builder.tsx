import type { HeatAxis, Heatmap } from '../api/heatmap.ts'
import type { PeopleNamesSource } from '../api/use-people-source.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import style from './funnel.module.css'
import { columnsOf, heatShapes, type HeatShape, rowsOf, shapeOf } from './heatmap.ts'
import { NamedSteps } from './named-steps.tsx'
import { SpanField } from './span-field.tsx'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps = { readonly heatmap: Heatmap; readonly edit: (change: Partial<Heatmap>) => void }

/** What the axes are, which events are counted, and what they should lead to. */
export function HeatmapBuilder({ heatmap, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const shape = shapeOf(heatmap)
  return (
    <div className={style.builder}>
      <Section title={text('heatmap.table')}>
        <div className={style.choices}>
          <Segments
            label={text('heatmap.table')}
            value={shape}
            segments={heatShapes.map((value) => ({ value, label: text(`heatmap.shape.${value}`) }))}
            onChange={(next) => edit(axesOf(next, text('peopleRule.everybody'), source))}
          />
          {shape === 'week' && <Clock heatmap={heatmap} edit={edit} />}
          {shape === 'steps' && <StepsByPeople heatmap={heatmap} edit={edit} source={source} />}
          {shape === 'fields' && <Fields heatmap={heatmap} edit={edit} />}
        </div>
      </Section>
      <Section title={text('heatmap.counted')}>
        <div className={style.choices}>
          <MatcherPicker label={text('heatmap.events')} value={heatmap.events ?? {}} source={source} onChange={(events) => edit({ events })} />
        </div>
      </Section>
      <Section title={text('heatmap.goal')} note={text('heatmap.goalNote')}>
        <div className={style.choices}>
          <label className={style.check}>
            <input type="checkbox" checked={heatmap.goal != null} onChange={(event) => edit({ goal: event.currentTarget.checked ? {} : null })} />
            {text('heatmap.hasGoal')}
          </label>
          {heatmap.goal != null && (
            <>
              <MatcherPicker label={text('attribution.conversionEvents')} value={heatmap.goal} source={source} onChange={(goal) => edit({ goal })} />
              <SpanField label={text('heatmap.within')} value={heatmap.within ?? '7d'} onChange={(within) => edit({ within })} />
            </>
          )}
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={heatmap.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

/** What a table begins with: what the workspace has. */
function axesOf(shape: HeatShape, everybody: string, source: PeopleNamesSource): Partial<Heatmap> {
  switch (shape) {
    case 'week':
      return { rows: 'weekday', columns: 'hour' }
    case 'fields':
      return { rows: { field: 'stage' }, columns: { field: 'channel' } }
    case 'steps': {
      const steps = source.touchpoints.slice(0, 8).map(({ id, name }) => ({ name, matcher: { touchpoints: [id] } }))
      const groups = source.segments.slice(0, 6).map(({ id, name }) => ({ name, rule: { segment: { id } } }))
      return {
        rows: { steps: steps.length > 0 ? steps : [{ name: '1', matcher: {} }] },
        columns: { people: [{ name: everybody, rule: { all: [] } }, ...groups] },
      }
    }
  }
}

function Clock({ heatmap, edit }: BuilderProps) {
  const text = useText()
  return (
    <SelectField
      size="s"
      label={text('heatmap.clock')}
      hint={text(`heatmap.clockNote.${heatmap.clock ?? 'company'}`)}
      value={heatmap.clock ?? 'company'}
      choices={(['company', 'own'] as const).map((value) => ({ value, label: text(`heatmap.clocks.${value}`) }))}
      onChange={(clock) => edit({ clock })}
    />
  )
}

type SourceProps = BuilderProps & { readonly source: PeopleNamesSource }

function StepsByPeople({ heatmap, edit, source }: SourceProps) {
  const text = useText()
  const [rows, columns] = [rowsOf(heatmap), columnsOf(heatmap)]
  const steps = typeof rows === 'object' && 'steps' in rows ? rows.steps : []
  const groups = typeof columns === 'object' && 'people' in columns ? columns.people : []
  const choices = [{ name: text('peopleRule.everybody'), rule: { all: [] } }, ...source.segments.map(({ id, name }) => ({ name, rule: { segment: { id } } }))]
  const key = (rule: unknown) => JSON.stringify(rule)
  const chosen = new Set(groups.map((it) => key(it.rule)))
  const others = groups.filter((it) => !choices.some((choice) => key(choice.rule) === key(it.rule)))
  return (
    <>
      <NamedSteps label={text('heatmap.rowsAre')} steps={steps} onChange={(next) => edit({ rows: { steps: [...next] } })} />
      <fieldset className={style.choices}>
        <legend>{text('heatmap.columnsAre')}</legend>
        {[...choices, ...others].map((it) => (
          <label key={key(it.rule)} className={style.check}>
            <input
              type="checkbox"
              checked={chosen.has(key(it.rule))}
              onChange={(event) =>
                edit({ columns: { people: event.currentTarget.checked ? [...groups, it] : groups.filter((group) => key(group.rule) !== key(it.rule)) } })
              }
            />
            {it.name}
          </label>
        ))}
        {source.segments.length === 0 && <p className={style.quiet}>{text('heatmap.noSegments')}</p>}
      </fieldset>
    </>
  )
}

function Fields({ heatmap, edit }: BuilderProps) {
  const text = useText()
  const clocks = (['weekday', 'hour'] as const).map((value) => ({ value, label: text(`heatmap.axis.${value}`) }))
  const valueOf = (axis: HeatAxis) => (typeof axis === 'string' ? axis : 'field' in axis ? axis.field : '')
  const axisOf = (value: string): HeatAxis => (value === 'hour' || value === 'weekday' ? value : { field: value })
  const [rows, columns] = [valueOf(rowsOf(heatmap)), valueOf(columnsOf(heatmap))]
  const fields = useByChoices(['stage', rows, columns].filter((it) => it !== 'hour' && it !== 'weekday'))
  const choices = [...clocks, ...fields]
  return (
    <div className={style.pair}>
      <SelectField size="s" label={text('heatmap.rowsAre')} value={rows} choices={choices.filter((it) => it.value !== columns)} onChange={(value) => edit({ rows: axisOf(value) })} />
      <SelectField size="s" label={text('heatmap.columnsAre')} value={columns} choices={choices.filter((it) => it.value !== rows)} onChange={(value) => edit({ columns: axisOf(value) })} />
    </div>
  )
}

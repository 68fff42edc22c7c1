import { type KindCount, type ObjectKind, standings } from '../api/object.ts'
import { givenName } from '../api/use-kinds.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { FieldList } from './field-list.tsx'
import style from './kinds.module.css'

type PromiseEditorProps = {
  readonly kind: ObjectKind
  readonly known: readonly string[]
  readonly count: KindCount | undefined
  readonly onChange: (promise: NonNullable<ObjectKind['promise']> | null) => void
}

const tolerances = ['0ms', '15m', '30m', '1h', '2h', '4h', '12h', '1d', '2d', '3d', '1w'] as const
const hours: Readonly<Record<(typeof tolerances)[number], number>> = { '0ms': 0, '15m': 0.25, '30m': 0.5, '1h': 1, '2h': 2, '4h': 4, '12h': 12, '1d': 24, '2d': 48, '3d': 72, '1w': 168 }

/** What is promised of a kind: where that is told, which state keeps it, and how much is forgiven. */
export function PromiseEditor({ kind, known, count, onChange }: PromiseEditorProps) {
  const text = useText()
  const format = useFormat()
  const promise = kind.promise ?? null
  const first = kind.states[0]
  if (promise === null) {
    return (
      <Section title={text('object.promise')} note={text('object.promiseHint')}>
        <Button
          size="s"
          icon="plus"
          refused={first === undefined ? text('object.stateFirst') : undefined}
          onClick={() => onChange({ told: ['properties.promised_at'], kept_by: (kind.states.find((it) => it.ends) ?? first)?.id ?? '' })}
        >
          {text('object.addPromise')}
        </Button>
      </Section>
    )
  }
  const tolerance = promise.tolerance ?? '0ms'
  const offered = tolerances.some((it) => it === tolerance) ? tolerances : [tolerance, ...tolerances]
  const told = (count?.standings ?? []).filter((it) => it.standing !== 'untold').reduce((sum, it) => sum + it.objects, 0)
  return (
    <Section
      title={text('object.promise')}
      note={text('object.promiseHint')}
      aside={
        <Button size="s" icon="trash" onClick={() => onChange(null)}>
          {text('object.removePromise')}
        </Button>
      }
    >
      <FieldList label={text('object.toldIn')} hint={text('object.toldHint')} fields={promise.told} known={known} onChange={(fields) => onChange({ ...promise, told: fields })} />
      <div className={style.choices}>
        <SelectField
          size="s"
          label={text('object.keptBy')}
          value={promise.kept_by}
          choices={kind.states.map((it) => ({ value: it.id, label: givenName(it.name, text) }))}
          onChange={(kept_by) => onChange({ ...promise, kept_by })}
        />
        <SelectField
          size="s"
          label={text('object.counts')}
          value={promise.counts ?? 'first'}
          choices={[
            { value: 'first', label: text('object.countsFirst') },
            { value: 'last', label: text('object.countsLast') },
          ]}
          onChange={(counts) => onChange({ ...promise, counts })}
        />
        <SelectField
          size="s"
          label={text('object.tolerance')}
          value={tolerance}
          choices={offered.map((value) => {
            const length = tolerances.find((it) => it === value)
            return { value, label: length === undefined ? value : length === '0ms' ? text('object.noTolerance') : format.span(hours[length] * 3_600_000) }
          })}
          onChange={(chosen) => onChange({ ...promise, tolerance: chosen })}
        />
      </div>
      {count !== undefined && (
        <p className={style.hint}>
          {text('object.promisedCount', { shown: format.count(told), all: format.count(count.objects) })}
          {standings
            .filter((it) => it !== 'untold')
            .flatMap((it) => {
              const objects = count.standings.find((one) => one.standing === it)?.objects ?? 0
              return objects === 0 ? [] : [` · ${text('object.withCount', { name: text(`object.standing.${it}`), shown: format.count(objects) })}`]
            })}
        </p>
      )}
    </Section>
  )
}

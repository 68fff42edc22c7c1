import { usePeopleSource } from '../api/use-people-source.ts'
import type { Unexpected } from '../api/unexpected.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { fieldChoices } from './field-choices.ts'
import style from './funnel.module.css'
import { pauseWords } from './pause-words.ts'
import { byOf, unexpectedBys } from './unexpected.ts'

type BuilderProps = { readonly unexpected: Unexpected; readonly edit: (change: Partial<Unexpected>) => void }

const pauses = ['30m', '1h', '12h', '1d', '7d'] as const

/** What ways are made of, and how much has to stand out. */
export function UnexpectedBuilder({ unexpected, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const { pause_max: pause, length_max: length = 4, people_min: people = 10, times_min: times = 3, false_permille: falsePermille = 50 } = unexpected
  const by = byOf(unexpected.by)
  const bys = unexpectedBys.filter((it) => it === by || (it === 'stage' ? source.stages.length > 0 : it !== 'touchpoint' || source.touchpoints.length > 0))
  const numbers = (all: readonly number[], now: number) => [...new Set([...all, now])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: String(it) }))
  const field = typeof unexpected.by === 'object' && 'field' in unexpected.by ? unexpected.by.field : ''
  return (
    <div className={style.builder}>
      <Section title={text('unexpected.made')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('paths.by')}
            value={by ?? ''}
            choices={[...(by === null ? [{ value: '' as const, label: text('paths.bys.own') }] : []), ...bys.map((value) => ({ value, label: text(`paths.bys.${value}`) }))]}
            onChange={(value) => value !== '' && edit({ by: value === 'field' ? { field: '' } : value })}
          />
          {by === 'field' && (
            <SelectField
              size="s"
              label={text('paths.field')}
              value={field}
              choices={[{ value: '', label: text('paths.chooseField') }, ...fieldChoices(source.fields.map((it) => it.field), text).filter((it) => it.value.includes('.') || it.value === 'source')]}
              onChange={(value) => edit({ by: { field: value } })}
            />
          )}
          <SelectField
            size="s"
            label={text('paths.unit')}
            value={pause ?? ''}
            choices={[{ value: '', label: text('paths.whole') }, ...[...new Set([...pauses, ...(pause == null ? [] : [pause])])].map((value) => ({ value, label: text('paths.untilPause', { span: pauseWords(text, value) }) }))]}
            onChange={(value) => edit({ pause_max: value === '' ? null : value })}
          />
          <SelectField size="s" label={text('unexpected.length')} value={String(length)} choices={numbers([3, 4, 5, 6], length)} onChange={(value) => edit({ length_max: Number(value) })} />
        </div>
      </Section>
      <Section title={text('unexpected.standsOut')}>
        <div className={style.choices}>
          <SelectField size="s" label={text('unexpected.peopleMin')} value={String(people)} choices={numbers([5, 10, 30, 100], people)} onChange={(value) => edit({ people_min: Number(value) })} />
          <SelectField size="s" label={text('unexpected.timesMin')} value={String(times)} choices={numbers([1.5, 2, 3, 5, 10], times)} onChange={(value) => edit({ times_min: Number(value) })} />
          <SelectField
            size="s"
            label={text('drivers.falseShare')}
            value={String(falsePermille)}
            choices={[...new Set([10, 50, 100, falsePermille])].sort((a, b) => a - b).map((it) => ({ value: String(it), label: text('drivers.atMost', { share: `${it / 10} %` }) }))}
            onChange={(value) => edit({ false_permille: Number(value) })}
          />
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={unexpected.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

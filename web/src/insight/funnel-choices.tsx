import type { Exclusion, Funnel } from '../api/funnel.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { fieldChoices, isTrait } from './field-choices.ts'
import { useByChoices } from './use-by-choices.ts'
import { filterBy, type FunnelEdit } from './funnel.ts'
import { applyPreset, presetOf, presets } from './funnel-presets.ts'
import style from './funnel.module.css'

type ChoicesProps = { readonly funnel: Funnel; readonly edit: (edit: FunnelEdit) => void }

/** The choices that other products make silently, each in sight. */
export function FunnelChoices({ funnel, edit }: ChoicesProps) {
  const text = useText()
  const source = useMatcherSource()
  const set = (change: Partial<Funnel>) => edit({ kind: 'set', change })
  const { order = 'ordered', window = { whole: '7d' }, entry = 'best', unit = 'profile', ties = 'any_order' } = funnel
  const windowKind = window === 'unlimited' ? 'unlimited' : 'whole' in window ? 'whole' : 'each'
  const windowSpan = window === 'unlimited' ? '' : 'whole' in window ? window.whole : window.each
  const unitKind = typeof unit === 'string' ? unit : 'session' in unit ? 'session' : 'group'
  const tiesKind = typeof ties === 'string' ? ties : 'grace'
  const fields = [{ value: '', label: text('funnel.noField') }, ...fieldChoices(source.fields.map((it) => it.field), text)]
  const lines = [{ value: '', label: text('funnel.noField') }, ...useByChoices([funnel.breakdown?.field], funnel.accounts ?? null)]
  const preset = presetOf(funnel)
  const attribution = funnel.breakdown?.attribution ?? 'entry'
  return (
    <>
      <Section title={text('funnel.choices')} note={text('funnel.choicesNote')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('funnel.preset')}
            hint={text('funnel.presetHint')}
            value={preset ?? 'own'}
            choices={[...presets.map((value) => ({ value, label: text(`funnel.presets.${value}`) })), ...(preset === null ? [{ value: 'own' as const, label: text('funnel.presets.own') }] : [])]}
            onChange={(value) => value !== 'own' && set(applyPreset(funnel, value))}
          />
          <SelectField
            size="s"
            label={text('funnel.order')}
            value={order}
            choices={(['ordered', 'strict', 'any'] as const).map((value) => ({ value, label: text(`funnel.orders.${value}`) }))}
            onChange={(value) => set({ order: value })}
          />
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('funnel.window')}
              value={windowKind}
              choices={(['whole', 'each', 'unlimited'] as const).map((value) => ({ value, label: text(`funnel.windows.${value}`) }))}
              onChange={(value) => set({ window: value === 'unlimited' ? value : value === 'whole' ? { whole: windowSpan || '7d' } : { each: windowSpan || '7d' } })}
            />
            {window !== 'unlimited' && (
              <TextField
                size="s"
                label={text('funnel.span')}
                hint={text('funnel.spanHint')}
                value={windowSpan}
                onChange={(span) => set({ window: windowKind === 'whole' ? { whole: span } : { each: span } })}
              />
            )}
          </div>
          <SelectField
            size="s"
            label={text('funnel.entry')}
            value={entry}
            choices={(['best', 'first', 'every'] as const).map((value) => ({ value, label: text(`funnel.entries.${value}`) }))}
            onChange={(value) => set({ entry: value })}
          />
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('funnel.unit')}
              value={unitKind}
              choices={(['profile', 'session', 'attempt', 'group'] as const).map((value) => ({ value, label: text(`funnel.units.${value}`) }))}
              onChange={(value) => set({ unit: value === 'session' ? { session: '30m' } : value === 'group' ? { group: 'properties.account' } : value })}
            />
            {typeof unit === 'object' && 'session' in unit && (
              <TextField size="s" label={text('funnel.pause')} hint={text('funnel.spanHint')} value={unit.session} onChange={(session) => set({ unit: { session } })} />
            )}
            {typeof unit === 'object' && 'group' in unit && (
              <TextField size="s" label={text('funnel.groupField')} value={unit.group} onChange={(group) => set({ unit: { group } })} />
            )}
          </div>
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('funnel.ties')}
              value={tiesKind}
              choices={(['any_order', 'later', 'grace'] as const).map((value) => ({ value, label: text(`funnel.tie.${value}`) }))}
              onChange={(value) => set({ ties: value === 'grace' ? { grace: '2s' } : value })}
            />
            {typeof ties === 'object' && (
              <TextField size="s" label={text('funnel.grace')} hint={text('funnel.spanHint')} value={ties.grace} onChange={(grace) => set({ ties: { grace } })} />
            )}
          </div>
          <label className={style.check}>
            <input type="checkbox" checked={funnel.reuse === true} onChange={(event) => set({ reuse: event.currentTarget.checked })} />
            {text('funnel.reuse')}
          </label>
          <SelectField size="s" label={text('funnel.hold')} value={funnel.hold?.[0] ?? ''} choices={fields} onChange={(field) => set({ hold: field === '' ? [] : [field] })} />
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('funnel.breakdown')}
              value={funnel.breakdown?.field ?? ''}
              choices={lines}
              onChange={(field) => set({ breakdown: field === '' ? null : { field, attribution: isTrait(field) ? 'entry' : attribution } })}
            />
            {funnel.breakdown != null && !(isTrait(funnel.breakdown.field) && attribution === 'entry') && (
              <SelectField
                size="s"
                label={text('funnel.attribution')}
                value={typeof attribution === 'string' ? attribution : String(attribution.step)}
                choices={[
                  { value: 'entry', label: text('funnel.atEntry') },
                  { value: 'last', label: text('funnel.atLast') },
                  ...funnel.steps.map((step, index) => ({ value: String(index), label: text('funnel.atStep', { name: step.name }) })),
                ]}
                onChange={(value) =>
                  set({ breakdown: { field: funnel.breakdown?.field ?? '', attribution: value === 'entry' || value === 'last' ? value : { step: Number(value) } } })
                }
              />
            )}
          </div>
        </div>
      </Section>
      <Exclusions funnel={funnel} edit={edit} />
      <Section title={text('funnel.filter')}>
        <FilterBuilder
          rule={funnel.filter?.rule}
          source={source}
          onChange={(rule) => set({ filter: filterBy(funnel, rule) })}
        />
        {funnel.filter !== null && funnel.filter !== undefined && (
          <SelectField
            size="s"
            label={text('funnel.filterWhen')}
            value={funnel.filter.when ?? 'before'}
            choices={(['before', 'after'] as const).map((value) => ({ value, label: text(`funnel.filterWhens.${value}`) }))}
            onChange={(when) => funnel.filter !== null && funnel.filter !== undefined && set({ filter: { ...funnel.filter, when } })}
          />
        )}
      </Section>
    </>
  )
}

function Exclusions({ funnel, edit }: ChoicesProps) {
  const text = useText()
  const source = useMatcherSource()
  const exclusions = funnel.exclusions ?? []
  const change = (next: readonly Exclusion[]) => edit({ kind: 'set', change: { exclusions: next } })
  const replace = (at: number, it: Exclusion) => change(exclusions.map((old, index) => (index === at ? it : old)))
  const steps = funnel.steps.map((step, index) => ({ value: String(index), label: step.name }))
  const refused = funnel.order === 'any' ? text('funnel.noExclusion') : funnel.steps.length < 2 ? text('funnel.twoSteps') : undefined
  return (
    <Section title={text('funnel.exclusions')}>
      <ul className={style.steps} aria-label={text('funnel.exclusions')}>
        {exclusions.map((it, index) => (
          <li key={index} className={style.step}>
            <div className={style.grow}>
              <MatcherPicker label={text('funnel.excluded')} value={it.matcher} source={source} onChange={(matcher) => replace(index, { ...it, matcher })} />
              <div className={style.pair}>
                <SelectField size="s" label={text('funnel.after')} value={String(it.after)} choices={steps} onChange={(value) => replace(index, { ...it, after: Number(value) })} />
                <SelectField size="s" label={text('funnel.before')} value={String(it.before)} choices={steps} onChange={(value) => replace(index, { ...it, before: Number(value) })} />
              </div>
              <SelectField
                size="s"
                label={text('funnel.effect')}
                value={it.effect ?? 'spoil_attempt'}
                choices={(['spoil_attempt', 'stop_there', 'drop_unit'] as const).map((value) => ({ value, label: text(`funnel.effects.${value}`) }))}
                onChange={(effect) => replace(index, { ...it, effect })}
              />
            </div>
            <IconButton size="s" icon="trash" label={text('funnel.removeExclusion')} onClick={() => change(exclusions.filter((_, at) => at !== index))} />
          </li>
        ))}
      </ul>
      <Button size="s" icon="plus" refused={refused} onClick={() => change([...exclusions, { matcher: {}, after: 0, before: funnel.steps.length - 1 }])}>
        {text('funnel.addExclusion')}
      </Button>
    </Section>
  )
}

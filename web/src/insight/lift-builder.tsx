import type { Lift } from '../api/lift.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useText } from '../i18n/use-text.ts'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import { ConversionChoice } from './conversion-choice.tsx'
import style from './funnel.module.css'
import { LiftArmsChoice } from './lift-arms.tsx'
import { LiftCostChoice } from './lift-cost.tsx'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly lift: Lift; readonly edit: (change: Partial<Lift>) => void }

/** How people were assigned, what splits them, what the treatment is for, and what it cost. */
export function LiftBuilder({ lift, edit }: BuilderProps) {
  const text = useText()
  const source = usePeopleSource()
  const value = lift.value ?? null
  return (
    <div className={style.builder}>
      <Section title={text('lift.assignment')} note={text('lift.assignmentNote')}>
        <div className={style.choices}>
          <MatcherPicker label={text('lift.assigned')} value={lift.assigned} source={source} onChange={(assigned) => edit({ assigned })} />
        </div>
      </Section>
      <Section title={text('lift.split')}>
        <LiftArmsChoice lift={lift} edit={edit} source={source} />
      </Section>
      <Section title={text('lift.outcome')}>
        <div className={style.choices}>
          <ConversionChoice
            label={text('lift.goal')}
            conversion={lift.goal}
            value={value}
            onConversion={(goal) => edit({ goal })}
            onValue={(next) => edit(next === null ? { value: null, cost: null } : { value: next })}
          />
          <SpanField label={text('lift.within')} value={lift.within ?? '14d'} onChange={(within) => edit({ within })} />
          <label className={style.check}>
            <input type="checkbox" checked={lift.visits != null} onChange={(event) => edit({ visits: event.currentTarget.checked ? {} : null })} />
            {text('lift.countVisits')}
          </label>
          {lift.visits != null && (
            <>
              <MatcherPicker label={text('lift.visitEvents')} value={lift.visits} source={source} onChange={(visits) => edit({ visits })} />
              <SpanField label={text('lift.pause')} value={lift.pause ?? '30m'} onChange={(pause) => edit({ pause })} />
            </>
          )}
        </div>
      </Section>
      <Section title={text('cost.cost')}>
        {value === null ? <p className={style.quiet}>{text('lift.costNeedsWorth')}</p> : <LiftCostChoice cost={lift.cost ?? null} source={source} onChange={(cost) => edit({ cost })} />}
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={lift.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

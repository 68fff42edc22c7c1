import type { IdentityPolicy, SharedByTime, TypeRule } from '../api/identity.ts'
import { useText } from '../i18n/use-text.ts'
import style from './identity.module.css'
import { Limit } from './limit.tsx'
import { SHARED_GAP_MIN, sharedKinds, withRule } from './policy.ts'

type SharedRulesProps = { readonly policy: IdentityPolicy; readonly onChange: (policy: IdentityPolicy) => void }

/** Whose a browser or device is that several people sign in on. */
export function SharedRules({ policy, onChange }: SharedRulesProps) {
  const text = useText()
  const rules = policy.types.filter((rule) => sharedKinds.includes(rule.kind))
  return (
    <section className={style.traits}>
      <h3>{text('identity.shared')}</h3>
      <p>{text('identity.sharedNote')}</p>
      <ul className={style.rows}>
        {rules.map((rule) => (
          <Row key={rule.kind} rule={rule} onChange={(shared) => onChange(withRule(policy, rule.kind, { shared }))} />
        ))}
      </ul>
    </section>
  )
}

function Row({ rule, onChange }: { readonly rule: TypeRule; readonly onChange: (shared: SharedByTime | null) => void }) {
  const text = useText()
  const name = text(`identity.kind.${rule.kind}`)
  const { shared } = rule
  return (
    <li className={style.shared}>
      <label className={style.check}>
        <input type="checkbox" checked={shared != null} onChange={(event) => onChange(event.currentTarget.checked ? {} : null)} />
        <span>{text('identity.sharedOf', { name })}</span>
      </label>
      {shared != null && (
        <>
          <span className={style.minutes}>
            <span aria-hidden="true">{text('identity.gap')}</span>
            <Limit
              label={text('identity.gapOf', { name })}
              min={SHARED_GAP_MIN}
              none={text('identity.gapNone')}
              value={shared.gap_minutes_max}
              onChange={(gap_minutes_max) => onChange({ ...shared, gap_minutes_max })}
            />
          </span>
          <span className={style.minutes}>
            <span aria-hidden="true">{text('identity.before')}</span>
            <Limit
              label={text('identity.beforeOf', { name })}
              min={0}
              none={text('identity.beforeNone')}
              value={shared.before_minutes_max}
              onChange={(before_minutes_max) => onChange({ ...shared, before_minutes_max })}
            />
          </span>
        </>
      )}
    </li>
  )
}

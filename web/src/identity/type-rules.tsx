import type { IdentityPolicy, TypeRule } from '../api/identity.ts'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from '../ui/button.tsx'
import style from './identity.module.css'
import { Limit } from './limit.tsx'
import { moved, withRule } from './policy.ts'

type TypeRulesProps = { readonly policy: IdentityPolicy; readonly onChange: (policy: IdentityPolicy) => void }

/** A row for each type of identifier, the strongest first. */
export function TypeRules({ policy, onChange }: TypeRulesProps) {
  const text = useText()
  return (
    <>
      <div className={style.scroll}>
        <table className={style.types} aria-label={text('identity.types')}>
          <thead>
            <tr>
              <th scope="col">{text('identity.type')}</th>
              <th scope="col">{text('identity.joins')}</th>
              <th scope="col">{text('identity.ownersMax')}</th>
              <th scope="col">{text('identity.aroundMax')}</th>
              <th scope="col">{text('identity.strength')}</th>
            </tr>
          </thead>
          <tbody>
            {policy.types.map((rule, index) => (
              <Row
                key={rule.kind}
                rule={rule}
                isFirst={index <= 1}
                isLast={index === policy.types.length - 1}
                onChange={(change) => onChange(withRule(policy, rule.kind, change))}
                onMove={(step) => onChange(moved(policy, rule.kind, step))}
              />
            ))}
          </tbody>
        </table>
      </div>
      <p className={style.limits}>{text('identity.limitsNote')}</p>
    </>
  )
}

type RowProps = {
  readonly rule: TypeRule
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly onChange: (change: Partial<TypeRule>) => void
  readonly onMove: (step: -1 | 1) => void
}

function Row({ rule, isFirst, isLast, onChange, onMove }: RowProps) {
  const text = useText()
  const name = text(`identity.kind.${rule.kind}`)
  if (rule.kind === 'user') {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={4} className={style.fixed}>
          {text('identity.userRule')}
        </td>
      </tr>
    )
  }
  return (
    <tr data-joins={rule.joins}>
      <th scope="row">
        {name}
        <small>{text(`identity.kindNote.${rule.kind}`)}</small>
      </th>
      <td>
        <label className={style.check}>
          <input type="checkbox" aria-label={text('identity.joinsOf', { name })} checked={rule.joins} onChange={(event) => onChange({ joins: event.currentTarget.checked })} />
        </label>
      </td>
      <td>
        <Limit label={text('identity.ownersMaxOf', { name })} value={rule.owners_max} onChange={(owners_max) => onChange({ owners_max })} />
      </td>
      <td>
        <Limit label={text('identity.aroundMaxOf', { name })} value={rule.around_max} onChange={(around_max) => onChange({ around_max })} />
      </td>
      <td>
        <span className={style.move}>
          <IconButton size="s" icon="up" label={text('identity.stronger', { name })} refused={isFirst ? text('identity.strongest') : undefined} onClick={() => onMove(-1)} />
          <IconButton size="s" icon="down" label={text('identity.weaker', { name })} refused={isLast ? text('identity.weakest') : undefined} onClick={() => onMove(1)} />
        </span>
      </td>
    </tr>
  )
}

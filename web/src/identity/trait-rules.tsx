import type { IdentityPolicy, TraitRule } from '../api/identity.ts'
import { useText } from '../i18n/use-text.ts'
import { AddNamed } from '../ui/add-named.tsx'
import { IconButton } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import style from './identity.module.css'
import { useSources } from './use-sources.ts'

type TraitRulesProps = { readonly policy: IdentityPolicy; readonly onChange: (policy: IdentityPolicy) => void }

/** Traits of which another value than the newest stays. */
export function TraitRules({ policy, onChange }: TraitRulesProps) {
  const text = useText()
  const sources = useSources()
  const rules = policy.traits ?? []
  const put = (traits: readonly TraitRule[]) => onChange({ ...policy, traits: [...traits] })
  const first = sources[0]
  return (
    <div className={style.traits}>
      <h3>{text('identity.traits')}</h3>
      <p>{text('identity.traitsNote')}</p>
      {rules.length > 0 && (
        <ul className={style.rows} aria-label={text('identity.traits')}>
          {rules.map((rule, index) => {
            const change = (keep: TraitRule['keep']) => put(rules.map((it, at) => (at === index ? { ...it, keep } : it)))
            const chosen = rule.keep.kind === 'sources' ? rule.keep.order[0] : undefined
            return (
              <li key={rule.name} className={style.row}>
                <code>{rule.name}</code>
                <SelectField
                  size="s"
                  labelHidden
                  label={text('identity.keepOf', { name: rule.name })}
                  value={rule.keep.kind}
                  choices={[
                    { value: 'first', label: text('identity.keepFirst') },
                    { value: 'frequent', label: text('identity.keepFrequent') },
                    ...(first === undefined && chosen === undefined ? [] : [{ value: 'sources' as const, label: text('identity.keepSource') }]),
                  ]}
                  onChange={(kind) => change(kind === 'sources' ? { kind, order: [chosen ?? first?.id ?? 0] } : { kind })}
                />
                {chosen !== undefined && (
                  <SelectField
                    size="s"
                    labelHidden
                    label={text('identity.sourceOf', { name: rule.name })}
                    value={String(chosen)}
                    choices={[
                      ...sources.map((it) => ({ value: String(it.id), label: it.name })),
                      ...(sources.some((it) => it.id === chosen) ? [] : [{ value: String(chosen), label: text('profile.source', { id: chosen }) }]),
                    ]}
                    onChange={(id) => change({ kind: 'sources', order: [Number(id)] })}
                  />
                )}
                <IconButton size="s" icon="trash" label={text('identity.removeTrait', { name: rule.name })} onClick={() => put(rules.filter((it) => it !== rule))} />
              </li>
            )
          })}
        </ul>
      )}
      <AddNamed
        label={text('identity.traitName')}
        faultOf={(name) => (rules.some((rule) => rule.name === name) ? text('identity.nameTaken') : undefined)}
        onAdd={(name) => put([...rules, { name, keep: { kind: 'first' } }])}
      />
    </div>
  )
}

import type { PeopleRule } from '../api/model.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from './button.tsx'
import { SelectField } from './field.tsx'
import { PeopleCondition, type PeopleSource } from './people-condition.tsx'
import style from './people-builder.module.css'
import { countPeople, groupOf, makeLeaf, type PeopleGroup, prunePeople, rulesIn, shownOf, withNot, withRulesIn } from './people-rule.ts'

type BuilderProps = {
  readonly rule: PeopleRule | null
  readonly source: PeopleSource
  readonly onChange: (rule: PeopleRule | null) => void
  /** How many satisfy the condition at a place like `all[0].not`; nothing while it is not known. */
  readonly countAt?: (place: string) => string | null
}

/** As many conditions as the server takes, and as deep as boxes can still be read. */
const CONDITIONS_MAX = 50
const DEPTH_MAX = 3

/** Conditions on people as sentences, joined by all or any, in groups where needed. */
export function PeopleBuilder({ rule, source, onChange, countAt }: BuilderProps) {
  const isFull = countPeople(rule) >= CONDITIONS_MAX
  const isGroup = rule !== null && ('all' in rule || 'any' in rule)
  return (
    <GroupEditor
      group={groupOf(rule)}
      place=""
      // One condition alone is no group to the server.
      isAlone={!isGroup}
      depth={0}
      context={{ source, isFull, countAt }}
      onChange={(group) => onChange(prunePeople(group))}
    />
  )
}

type Context = { readonly source: PeopleSource; readonly isFull: boolean; readonly countAt: BuilderProps['countAt'] }
type GroupProps = {
  readonly group: PeopleGroup
  readonly place: string
  readonly isAlone?: boolean
  readonly depth: number
  readonly context: Context
  readonly onChange: (group: PeopleGroup) => void
}

function GroupEditor({ group, place, isAlone = false, depth, context, onChange }: GroupProps) {
  const text = useText()
  const rules = rulesIn(group)
  const join = 'all' in group ? 'all' : 'any'
  const fresh = () => makeLeaf('did', null, context.source)
  const add = (rule: PeopleRule) => onChange(withRulesIn(group, [...rules, rule]))
  const set = (index: number, rule: PeopleRule | null) =>
    onChange(withRulesIn(group, rule === null ? rules.filter((_, at) => at !== index) : rules.map((it, at) => (at === index ? rule : it))))
  const refused = context.isFull ? text('peopleRule.full', { count: CONDITIONS_MAX }) : undefined
  return (
    <div className={style.group} role="group" aria-label={text('peopleRule.conditions')}>
      {rules.length > 1 && (
        <div className={style.join}>
          <SelectField
            size="s"
            label={text('filter.join')}
            labelHidden
            value={join}
            choices={[
              { value: 'all', label: text('filter.all') },
              { value: 'any', label: text('filter.any') },
            ]}
            onChange={(next) => onChange(next === 'all' ? { all: rules } : { any: rules })}
          />
        </div>
      )}
      {rules.map((rule, index) => (
        <RuleEditor
          key={index}
          rule={rule}
          place={isAlone ? place : `${place === '' ? '' : `${place}.`}${join}[${index}]`}
          depth={depth}
          context={context}
          onChange={(next) => set(index, next)}
        />
      ))}
      <div className={style.actions}>
        <Button size="s" look="quiet" icon="plus" refused={refused} onClick={() => add(fresh())}>
          {text('peopleRule.add')}
        </Button>
        {depth < DEPTH_MAX && rules.length > 0 && (
          <Button size="s" look="quiet" refused={refused} onClick={() => add(join === 'all' ? { any: [fresh(), fresh()] } : { all: [fresh(), fresh()] })}>
            {text('filter.addGroup')}
          </Button>
        )}
      </div>
    </div>
  )
}

type RuleProps = {
  readonly rule: PeopleRule
  readonly place: string
  readonly depth: number
  readonly context: Context
  readonly onChange: (rule: PeopleRule | null) => void
}

function RuleEditor({ rule, place, depth, context, onChange }: RuleProps) {
  const text = useText()
  const shown = shownOf(rule)
  const count = context.countAt?.(place) ?? null
  const own = <span className={style.count}>{count}</span>
  if (shown.kind === 'leaf') {
    return (
      <div className={style.line}>
        <div className={style.sentence}>
          <PeopleCondition leaf={shown.leaf} isNot={shown.isNot} source={context.source} onChange={(leaf, isNot) => onChange(withNot(leaf, isNot))} />
        </div>
        {count !== null && own}
        <IconButton size="s" icon="close" label={text('filter.remove')} onClick={() => onChange(null)} />
      </div>
    )
  }
  const inner = `${place}${'.not'.repeat(notsOf(rule))}`
  return (
    <div className={style.box}>
      <div className={style.line}>
        <div className={style.sentence}>
          <SelectField
            size="s"
            label={text('filter.negate')}
            labelHidden
            value={shown.isNot ? 'not' : 'is'}
            choices={[
              { value: 'is', label: text('peopleRule.groupIs') },
              { value: 'not', label: text('peopleRule.groupNot') },
            ]}
            onChange={(way) => onChange(withNot(shown.group, way === 'not'))}
          />
        </div>
        {count !== null && own}
        <IconButton size="s" icon="close" label={text('filter.removeGroup')} onClick={() => onChange(null)} />
      </div>
      <GroupEditor
        group={shown.group}
        place={inner}
        depth={depth + 1}
        context={context}
        onChange={(group) => onChange(rulesIn(group).length === 0 ? null : withNot(group, shown.isNot))}
      />
    </div>
  )
}

/** How many negations stand before a group; the places of what is in it count them all. */
function notsOf(rule: PeopleRule): number {
  return 'not' in rule ? 1 + notsOf(rule.not) : 0
}

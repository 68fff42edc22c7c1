import { useState } from 'react'
import type { FieldUse } from '../api/catalog.ts'
import type { Rule, Value } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from './button.tsx'
import { SelectField, TextField } from './field.tsx'
import { fieldName } from './field-name.ts'
import style from './filter-builder.module.css'
import { Icon } from './icon.tsx'
import { Popover } from './popover.tsx'
import {
  asGroup,
  isValue,
  type Condition,
  type Group,
  kindOf,
  makeTest,
  operandOf,
  prune,
  readValue,
  rulesOf,
  type TestKind,
  testKinds,
  withRules,
} from './rule.ts'
import { SearchList } from './search-list.tsx'

export type ValueCount = { readonly value: unknown; readonly events: number }

/** Where the builder gets names from. */
export type FieldSource = {
  readonly fields: readonly FieldUse[]
  /** Values of a field that begin with a text, the most frequent first. */
  readonly values: (field: string, prefix: string) => Promise<readonly ValueCount[]>
}

type FilterBuilderProps = {
  readonly rule: Rule | null | undefined
  readonly source: FieldSource
  readonly onChange: (rule: Rule | null) => void
}

/** Conditions on events, joined by all or any, in groups where needed. */
export function FilterBuilder({ rule, source, onChange }: FilterBuilderProps) {
  return <GroupEditor group={asGroup(rule)} depth={0} source={source} onChange={(group) => onChange(prune(group))} />
}

type GroupProps = {
  readonly group: Group
  readonly depth: number
  readonly source: FieldSource
  readonly onChange: (group: Group) => void
}

/** Deeper nesting is possible in the text form, and cannot be read as boxes. */
const DEPTH_MAX = 3

function GroupEditor({ group, depth, source, onChange }: GroupProps) {
  const text = useText()
  const rules = rulesOf(group)
  const set = (index: number, rule: Rule | null) =>
    onChange(withRules(group, rule === null ? rules.filter((_, at) => at !== index) : rules.map((it, at) => (at === index ? rule : it))))
  const fresh: Condition = { where: { field: source.fields[0]?.field ?? 'event', test: { is: [] } } }
  return (
    <div className={style.group} role="group" aria-label={text('filter.conditions')}>
      {rules.length > 1 && (
        <SelectField
          size="s"
          label={text('filter.join')}
          labelHidden
          value={'all' in group ? 'all' : 'any'}
          choices={[
            { value: 'all', label: text('filter.all') },
            { value: 'any', label: text('filter.any') },
          ]}
          onChange={(join) => onChange(join === 'all' ? { all: rules } : { any: rules })}
        />
      )}
      {rules.map((rule, index) => (
        <RuleEditor key={index} rule={rule} depth={depth} source={source} onChange={(next) => set(index, next)} />
      ))}
      <div className={style.actions}>
        <Button size="s" look="quiet" icon="plus" onClick={() => onChange(withRules(group, [...rules, fresh]))}>
          {text('filter.add')}
        </Button>
        {depth < DEPTH_MAX && rules.length > 0 && (
          <Button size="s" look="quiet" onClick={() => onChange(withRules(group, [...rules, { any: [fresh] }]))}>
            {text('filter.addGroup')}
          </Button>
        )}
      </div>
    </div>
  )
}

type RuleProps = {
  readonly rule: Rule
  readonly depth: number
  readonly source: FieldSource
  readonly onChange: (rule: Rule | null) => void
}

function RuleEditor({ rule, depth, source, onChange }: RuleProps) {
  const text = useText()
  if ('where' in rule) return <ConditionEditor condition={rule} source={source} onChange={onChange} onRemove={() => onChange(null)} />
  const inner = 'not' in rule ? asGroup(rule.not) : rule
  const wrap = (group: Group): Rule | null => (rulesOf(group).length === 0 ? null : 'not' in rule ? { not: group } : group)
  return (
    <div className={style.group}>
      <div className={style.line}>
        <SelectField
          size="s"
          label={text('filter.negate')}
          labelHidden
          value={'not' in rule ? 'not' : 'is'}
          choices={[
            { value: 'is', label: text('filter.holds') },
            { value: 'not', label: text('filter.holdsNot') },
          ]}
          onChange={(way) => onChange(way === 'not' ? { not: inner } : inner)}
        />
        <IconButton size="s" icon="close" label={text('filter.removeGroup')} onClick={() => onChange(null)} />
      </div>
      <GroupEditor group={inner} depth={depth + 1} source={source} onChange={(group) => onChange(wrap(group))} />
    </div>
  )
}

type ConditionProps = {
  readonly condition: Condition
  readonly source: FieldSource
  readonly onChange: (condition: Condition) => void
  /** None where the condition is taken away by something around it. */
  readonly onRemove?: () => void
}

/** A field, what is asked of it, and with what it is compared. */
export function ConditionEditor({ condition, source, onChange, onRemove }: ConditionProps) {
  const text = useText()
  const format = useFormat()
  const { field, test } = condition.where
  const kind = kindOf(test)
  const operand = operandOf(test)
  const types = source.fields.find((it) => it.field === field)?.types ?? ['text', 'number']
  const setTest = (next: Condition['where']['test']) => onChange({ where: { field, test: next } })
  return (
    <div className={style.line}>
      <Popover
        label={text('filter.field')}
        target={(target) => (
          <button type="button" {...target} className={style.pick} aria-label={text('filter.fieldIs', { field: fieldName(field, text) })}>
            <span>{fieldName(field, text)}</span>
            <Icon name="down" size={12} />
          </button>
        )}
      >
        {(close) => (
          <SearchList
            label={text('filter.field')}
            options={source.fields.map((it) => ({ key: it.field, title: fieldName(it.field, text), ...(it.share === 0 ? {} : { note: format.share(it.share) }) }))}
            onChoose={(next) => {
              onChange({ where: { field: next, test } })
              close()
            }}
            onOther={(next) => {
              onChange({ where: { field: next, test } })
              close()
            }}
          />
        )}
      </Popover>
      <SelectField<TestKind>
        size="s"
        label={text('filter.test')}
        labelHidden
        value={kind}
        choices={testKinds.map((it) => ({ value: it, label: text(`filter.tests.${it}`) }))}
        onChange={(next) => setTest(makeTest(next, operand))}
      />
      {operand.kind === 'values' && (
        <ValuesPicker
          field={field}
          values={operand.values}
          source={source}
          onChange={(values) => setTest(makeTest(kind, { kind: 'values', values }))}
          read={(typed) => readValue(typed, types)}
        />
      )}
      {operand.kind === 'text' && (
        <div className={style.operand}>
          <TextField size="s" label={text('filter.value')} labelHidden value={operand.text} onChange={(it) => setTest(makeTest(kind, { kind: 'text', text: it }))} />
        </div>
      )}
      {operand.kind === 'number' && (
        <div className={style.operand}>
          <TextField
            size="s"
            type="number"
            step="any"
            label={text('filter.value')}
            labelHidden
            value={String(operand.number)}
            onChange={(it) => setTest(makeTest(kind, { kind: 'number', number: Number(it) || 0 }))}
          />
        </div>
      )}
      {onRemove !== undefined && <IconButton size="s" icon="close" label={text('filter.remove')} onClick={onRemove} />}
    </div>
  )
}

type ValuesProps = {
  readonly field: string
  readonly values: readonly Value[]
  readonly source: FieldSource
  readonly onChange: (values: readonly Value[]) => void
  readonly read: (typed: string) => Value
}

function ValuesPicker({ field, values, source, onChange, read }: ValuesProps) {
  const text = useText()
  const format = useFormat()
  const [known, setKnown] = useState<readonly ValueCount[]>([])
  const ask = (prefix: string) => void source.values(field, prefix).then(setKnown, () => setKnown([]))
  const keyOf = (value: Value) => JSON.stringify(value)
  const chosen = new Set(values.map(keyOf))
  const flip = (value: Value) =>
    onChange(chosen.has(keyOf(value)) ? values.filter((it) => keyOf(it) !== keyOf(value)) : [...values, value])
  const counted = known.flatMap(({ value, events }) => (isValue(value) ? [{ value, events }] : []))
  const others = values.filter((it) => !counted.some((other) => keyOf(other.value) === keyOf(it)))
  const all = [...counted, ...others.map((value) => ({ value, events: null }))]
  return (
    <Popover
      label={text('filter.values')}
      target={({ onClick, ...target }) => (
        <button
          type="button"
          {...target}
          className={style.pick}
          onClick={(event) => {
            ask('')
            onClick?.(event)
          }}
        >
          <span>{values.length === 0 ? text('filter.chooseValues') : values.map(String).join(text('list.and'))}</span>
          <Icon name="down" size={12} />
        </button>
      )}
    >
      {() => (
        <SearchList
          label={text('filter.values')}
          options={all.map((it) => ({
            key: keyOf(it.value),
            title: String(it.value),
            ...(it.events === null ? {} : { note: format.compact(it.events) }),
          }))}
          chosen={chosen}
          onChoose={(key) => {
            const found = all.find((it) => keyOf(it.value) === key)
            if (found !== undefined) flip(found.value)
          }}
          onOther={(typed) => flip(read(typed))}
          onSearch={ask}
        />
      )}
    </Popover>
  )
}

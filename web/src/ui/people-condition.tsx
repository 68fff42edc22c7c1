import type { ReactNode } from 'react'
import type { Channel, Range } from '../api/model.ts'
import { useText } from '../i18n/use-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { Button, IconButton } from './button.tsx'
import { SelectField, TextField } from './field.tsx'
import { ConditionEditor, type FieldSource } from './filter-builder.tsx'
import { MatcherPicker, type MatcherSource } from './matcher-picker.tsx'
import style from './people-builder.module.css'
import { accountFor, type AccountTypeStart, conditionKinds, type ConditionKind, consentFor, kindOfLeaf, kindsFor, type Leaf, makeLeaf, makeTimes, timesKinds, timesParts } from './people-rule.ts'
import { spanInWords } from './people-words.ts'
import { RangePicker } from './range-picker.tsx'
import { mark, Sentence } from './sentence.tsx'

/** What conditions on people can name. */
export type PeopleSource = MatcherSource & {
  readonly stages: readonly { readonly id: string; readonly name: string }[]
  readonly segments: readonly { readonly id: string; readonly name: string }[]
  /** Traits as fields. */
  readonly traits: FieldSource
  /** Types of accounts, with what was told of them. */
  readonly accounts: readonly AccountTypeStart[]
  /** Purposes of consent, with the channels that each is asked for. */
  readonly purposes: readonly { readonly id: string; readonly name: string; readonly channels: readonly Channel[] }[]
}

type ConditionProps = {
  readonly leaf: Leaf
  readonly isNot: boolean
  readonly source: PeopleSource
  readonly onChange: (leaf: Leaf, isNot: boolean) => void
}

const ways = ['is', 'not'] as const

/** One condition as a sentence with its controls in place. */
export function PeopleCondition({ leaf, isNot, source, onChange }: ConditionProps) {
  const text = useText()
  const format = useFormat()
  const kind = kindOfLeaf(leaf)
  const set = (next: Leaf) => onChange(next, isNot)
  if ('listed' in leaf) {
    const count = leaf.listed.length
    return (
      <>
        <SelectField
          size="s"
          label={text('peopleRule.verb')}
          labelHidden
          value={isNot ? 'not' : 'is'}
          choices={ways.map((way) => ({ value: way, label: text(`peopleRule.verbs.listed.${way}`) }))}
          onChange={(way) => onChange(leaf, way === 'not')}
        />
        <span className={style.word}>{text('people.total', { count, shown: format.count(count) })}</span>
      </>
    )
  }
  const offered = conditionKinds.filter((it) => it === kind || kindsFor(source).includes(it))
  const verb = (
    <SelectField
      size="s"
      label={text('peopleRule.verb')}
      labelHidden
      value={`${kind} ${isNot ? 'not' : 'is'}`}
      choices={offered.flatMap((it) => ways.map((way) => ({ value: `${it} ${way}`, label: text(`peopleRule.verbs.${it}.${way}`) })))}
      onChange={(chosen) => {
        const [wanted, way] = chosen.split(' ')
        const next: ConditionKind = conditionKinds.find((it) => it === wanted) ?? 'did'
        onChange(next === kind ? leaf : makeLeaf(next, leaf, source), way === 'not')
      }}
    />
  )
  if ('did' in leaf) return <DidSentence did={leaf.did} verb={verb} source={source} onChange={(did) => set({ did })} />
  if ('in_order' in leaf) return <OrderSentence order={leaf.in_order} verb={verb} source={source} onChange={(in_order) => set({ in_order })} />
  if ('trait' in leaf) {
    const { name, test } = leaf.trait
    const parts = {
      verb,
      test: <ConditionEditor condition={{ where: { field: name, test } }} source={source.traits} onChange={(next) => set({ trait: { name: next.where.field, test: next.where.test } })} />,
    }
    return <Sentence words={text('peopleRule.sentence.trait', { verb: mark('verb'), test: mark('test') })} parts={parts} />
  }
  if ('segment' in leaf) {
    const segment = <NamePicker label={text('peopleRule.segment')} id={leaf.segment.id} names={source.segments} onChange={(id) => set({ segment: { id } })} />
    return <Sentence words={text('peopleRule.sentence.segment', { verb: mark('verb'), segment: mark('segment') })} parts={{ verb, segment }} />
  }
  if ('account' in leaf) return <AccountSentence account={leaf.account} verb={verb} source={source} onChange={(account) => set({ account })} />
  if ('consent' in leaf) return <ConsentSentence consent={leaf.consent} verb={verb} source={source} onChange={(consent) => set({ consent })} />
  const stage = <NamePicker label={text('peopleRule.stage')} id={leaf.stage.id} names={source.stages} onChange={(id) => set({ stage: { id } })} />
  return <Sentence words={text('peopleRule.sentence.stage', { verb: mark('verb'), stage: mark('stage') })} parts={{ verb, stage }} />
}

type NamePickerProps = { readonly label: string; readonly id: string; readonly names: PeopleSource['stages']; readonly onChange: (id: string) => void }

/** One of a few things with names; one that is gone is told by its id. */
function NamePicker({ label, id, names, onChange }: NamePickerProps) {
  const all = names.some((it) => it.id === id) ? names : [...names, { id, name: id }]
  return <SelectField size="s" label={label} labelHidden value={id} choices={all.map((it) => ({ value: it.id, label: it.name }))} onChange={onChange} />
}

type Did = Extract<Leaf, { readonly did: unknown }>['did']
type SentenceProps<Part> = { readonly verb: ReactNode; readonly source: PeopleSource; readonly onChange: (part: Part) => void }

function DidSentence({ did, verb, source, onChange }: SentenceProps<Did> & { readonly did: Did }) {
  const text = useText()
  const format = useFormat()
  const { kind, count } = timesParts(did.times)
  const within: Range = did.within ?? { all: true, zone: format.zone }
  const parts = {
    verb,
    what: <MatcherPicker label={text('peopleRule.what')} labelHidden value={did.matcher} source={source} onChange={(matcher) => onChange({ ...did, matcher })} />,
    how: (
      <SelectField
        size="s"
        label={text('peopleRule.how')}
        labelHidden
        value={kind}
        choices={timesKinds.map((it) => ({ value: it, label: text(`peopleRule.hows.${it}`) }))}
        onChange={(next) => onChange({ ...did, times: makeTimes(next, count) })}
      />
    ),
    number: (
      <div className={style.number}>
        <TextField
          size="s"
          type="number"
          min={kind === 'at_least' ? 1 : 0}
          step={1}
          label={text('peopleRule.number')}
          labelHidden
          value={String(count)}
          onChange={(it) => onChange({ ...did, times: makeTimes(kind, Number(it)) })}
        />
      </div>
    ),
    within: (
      <RangePicker
        size="s"
        range={within}
        onChange={(range) => {
          const { within: _, ...rest } = did
          onChange('all' in range ? rest : { ...rest, within: range })
        }}
      />
    ),
  }
  return <Sentence words={text('peopleRule.sentence.did', { verb: mark('verb'), what: mark('what'), how: mark('how'), number: mark('number'), within: mark('within'), count })} parts={parts} />
}

type Account = Extract<Leaf, { readonly account: unknown }>['account']

function AccountSentence({ account, verb, source, onChange }: SentenceProps<Account> & { readonly account: Account }) {
  const text = useText()
  const { account_type: type, name, test } = account
  const told = source.accounts.find((it) => it.account_type === type)?.traits ?? []
  // Accounts are few and their values unlike, so none are proposed.
  const traits: FieldSource = { fields: told.map((field) => ({ field, share: 0, types: [] })), values: () => Promise.resolve([]) }
  const parts = {
    verb,
    type: (
      <NamePicker
        label={text('peopleRule.accountType')}
        id={type}
        names={source.accounts.map((it) => ({ id: it.account_type, name: it.account_type }))}
        onChange={(id) => onChange(accountFor(source.accounts.find((it) => it.account_type === id) ?? { account_type: id, traits: [] }))}
      />
    ),
    test: (
      <ConditionEditor
        condition={{ where: { field: name, test } }}
        source={traits}
        onChange={(next) => onChange({ account_type: type, name: next.where.field, test: next.where.test })}
      />
    ),
  }
  return <Sentence words={text('peopleRule.sentence.account', { verb: mark('verb'), type: mark('type'), test: mark('test') })} parts={parts} />
}

type Consent = Extract<Leaf, { readonly consent: unknown }>['consent']

const everyChannel = 'all'

function ConsentSentence({ consent, verb, source, onChange }: SentenceProps<Consent> & { readonly consent: Consent }) {
  const text = useText()
  const channels = source.purposes.find((it) => it.id === consent.purpose)?.channels ?? []
  const chosen = consent.channel ?? everyChannel
  const offered = [...new Set<Channel | typeof everyChannel>([...channels, everyChannel, chosen])]
  const parts = {
    verb,
    state: (
      <SelectField
        size="s"
        label={text('peopleRule.consentState')}
        labelHidden
        value={consent.state ?? 'granted'}
        choices={(['granted', 'denied'] as const).map((value) => ({ value, label: text(`consent.state.${value}`) }))}
        onChange={(state) => onChange({ ...consent, state })}
      />
    ),
    purpose: (
      <NamePicker
        label={text('peopleRule.purpose')}
        id={consent.purpose}
        names={source.purposes}
        onChange={(id) => onChange({ ...consentFor(source.purposes.find((it) => it.id === id)), purpose: id, state: consent.state ?? 'granted' })}
      />
    ),
    channel: (
      <SelectField
        size="s"
        label={text('peopleRule.consentChannel')}
        labelHidden
        value={chosen}
        choices={offered.map((value) => ({ value, label: value === everyChannel ? text('consent.everyChannel') : text(`channel.${value}`) }))}
        onChange={(channel) => {
          const { channel: _, ...rest } = consent
          onChange(channel === everyChannel ? rest : { ...rest, channel })
        }}
      />
    ),
  }
  return <Sentence words={text('peopleRule.sentence.consent', { verb: mark('verb'), state: mark('state'), purpose: mark('purpose'), channel: mark('channel') })} parts={parts} />
}

type Order = Extract<Leaf, { readonly in_order: unknown }>['in_order']

/** As many steps as a funnel has. */
const STEPS_MAX = 20
const spans = ['1h', '1d', '7d', '14d', '30d', '90d'] as const

function OrderSentence({ order, verb, source, onChange }: SentenceProps<Order> & { readonly order: Order }) {
  const text = useText()
  const { steps, within } = order
  const setSteps = (next: Order['steps']) => onChange({ ...order, steps: next })
  const chain = steps.map((step, index) => (
    <span key={index} className={style.step}>
      {index > 0 && <span className={style.word}>{text('peopleRule.then')}</span>}
      <MatcherPicker
        label={text('peopleRule.step', { number: index + 1 })}
        labelHidden
        value={step}
        source={source}
        onChange={(matcher) => setSteps(steps.map((it, at) => (at === index ? matcher : it)))}
      />
      {steps.length > 2 && (
        <IconButton size="s" icon="close" label={text('peopleRule.removeStep', { number: index + 1 })} onClick={() => setSteps(steps.filter((_, at) => at !== index))} />
      )}
    </span>
  ))
  const parts = {
    verb,
    steps: (
      <>
        {chain}
        {steps.length < STEPS_MAX && (
          <Button size="s" look="quiet" icon="plus" onClick={() => setSteps([...steps, {}])}>
            {text('peopleRule.addStep')}
          </Button>
        )}
      </>
    ),
    within: (
      <SelectField
        size="s"
        label={text('peopleRule.span')}
        labelHidden
        value={within ?? ''}
        choices={[
          { value: '', label: text('peopleRule.anyTime') },
          ...[...new Set<string>([...spans, ...(within == null ? [] : [within])])].map((it) => ({ value: it, label: text('peopleRule.spanWithin', { span: spanInWords(it, text) }) })),
        ]}
        onChange={(span) => {
          const { within: _, ...rest } = order
          onChange(span === '' ? rest : { ...rest, within: span })
        }}
      />
    ),
  }
  return <Sentence words={text('peopleRule.sentence.inOrder', { verb: mark('verb'), steps: mark('steps'), within: mark('within') })} parts={parts} />
}

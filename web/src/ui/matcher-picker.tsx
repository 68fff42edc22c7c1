import type { CatalogEvent } from '../api/catalog.ts'
import type { Channel, Matcher } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { channelColor } from './channel.tsx'
import channelStyle from './channel.module.css'
import { type FieldSource, FilterBuilder } from './filter-builder.tsx'
import { Icon } from './icon.tsx'
import { takesAll, tidy, toggle } from './matcher.ts'
import style from './matcher-picker.module.css'
import { Popover } from './popover.tsx'
import { countConditions } from './rule.ts'
import { type Option, SearchList } from './search-list.tsx'

/** What a matcher can be made of. */
export type MatcherSource = FieldSource & {
  readonly events: readonly CatalogEvent[]
  readonly touchpoints: readonly { readonly id: string; readonly name: string }[]
  readonly channels: readonly Channel[]
  readonly signals?: readonly { readonly id: string; readonly name: string }[]
}

type MatcherPickerProps = {
  readonly label: string
  readonly labelHidden?: boolean
  readonly value: Matcher
  readonly source: MatcherSource
  readonly onChange: (matcher: Matcher) => void
}

/** Chooses which events count: by name, touchpoint and channel, and by conditions on their properties. */
export function MatcherPicker({ label, labelHidden = false, value, source, onChange }: MatcherPickerProps) {
  const text = useText()
  const format = useFormat()
  const options: Option[] = [
    ...source.touchpoints.map((it) => ({ key: `touchpoints ${it.id}`, title: it.name, group: text('matcher.touchpoints') })),
    ...(source.signals ?? []).map((it) => ({ key: `signals ${it.id}`, title: it.name, group: text('matcher.signals') })),
    ...source.events.map((it) => ({
      key: `events ${it.name}`,
      title: it.name,
      group: text('matcher.events'),
      note: format.compact(it.events),
      sign: <Dot channel={it.channel} />,
    })),
    ...source.channels.map((it) => ({
      key: `channels ${it}`,
      title: text(`channel.${it}`),
      group: text('matcher.channels'),
      sign: <Dot channel={it} />,
    })),
  ]
  const chosen = new Set([
    ...(value.touchpoints ?? []).map((it) => `touchpoints ${it}`),
    ...(value.events ?? []).map((it) => `events ${it}`),
    ...(value.channels ?? []).map((it) => `channels ${it}`),
    ...(value.signals ?? []).map((it) => `signals ${it}`),
  ])
  const choose = (key: string) => {
    const at = key.indexOf(' ')
    const [part, name] = [key.slice(0, at), key.slice(at + 1)]
    if (part === 'events' || part === 'touchpoints' || part === 'channels' || part === 'signals') onChange(toggle(value, part, name, source.channels))
  }
  return (
    <div>
      {!labelHidden && <span className={style.label}>{label}</span>}
      <Popover
        label={label}
        target={(target) => (
          <button type="button" {...target} className={style.button}>
            <span className="visually-hidden">{label}</span>
            <MatcherWords matcher={value} source={source} />
            <Icon name="down" size={13} />
          </button>
        )}
      >
        {() => (
          <>
            <SearchList label={text('matcher.search')} options={options} chosen={chosen} onChoose={choose} />
            <div className={style.where}>
              <FilterBuilder rule={value.rule} source={source} onChange={(rule) => onChange(tidy({ ...value, rule }))} />
            </div>
          </>
        )}
      </Popover>
    </div>
  )
}

/** A matcher in words: what it takes. */
export function MatcherWords({ matcher, source }: { readonly matcher: Matcher; readonly source: Pick<MatcherSource, 'touchpoints' | 'signals'> }) {
  const text = useText()
  const conditions = countConditions(matcher.rule)
  if (takesAll(matcher)) return <span className={`${style.words} ${style.hint}`}>{text('matcher.all')}</span>
  return (
    <span className={style.words}>
      {(matcher.touchpoints ?? []).map((id) => (
        <span key={id} className={style.chip}>
          {source.touchpoints.find((it) => it.id === id)?.name ?? id}
        </span>
      ))}
      {(matcher.signals ?? []).map((id) => (
        <span key={id} className={style.chip}>
          {source.signals?.find((it) => it.id === id)?.name ?? id}
        </span>
      ))}
      {(matcher.events ?? []).map((name) => (
        <span key={name} className={style.chip}>
          {name}
        </span>
      ))}
      {(matcher.channels ?? []).map((channel) => (
        <span key={channel} className={style.chip}>
          <Dot channel={channel} />
          {text(`channel.${channel}`)}
        </span>
      ))}
      {conditions > 0 && <span className={style.chip}>{text('matcher.conditions', { count: conditions })}</span>}
    </span>
  )
}

function Dot({ channel }: { readonly channel: Channel }) {
  return <span className={channelStyle['dot']} style={{ background: channelColor(channel) }} />
}

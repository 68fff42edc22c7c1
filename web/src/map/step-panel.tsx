import { useParams } from '@tanstack/react-router'
import { Fragment, useContext } from 'react'
import type { Step, TransitionNumbers } from '../api/map.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { QuotesAbout } from '../quote/quotes-about.tsx'
import { Button } from '../ui/button.tsx'
import { ChannelBadge, channelColor } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { TextField } from '../ui/field.tsx'
import { MatcherPicker, MatcherWords } from '../ui/matcher-picker.tsx'
import { Meter } from '../ui/meter.tsx'
import { SidePanel } from '../ui/side-panel.tsx'
import { stepsOf } from './edit.ts'
import { useDrawing, useEditor, useEditorState } from './editor.ts'
import { MapPeopleContext } from './map-people.ts'
import style from './map.module.css'
import { selectChannel, selectStep, selectTransition, type StepPart } from './select.ts'
import { afterWords, spanWords } from './step-name.ts'
import { useMapSearch } from './use-map-search.ts'

/** Everything about one step: what it is bound to, its numbers, where people come from and go to. */
export function StepPanel({ step: id }: { readonly step: string }) {
  const text = useText()
  const editor = useEditor()
  const map = useDrawing()
  const canEdit = useEditorState((state) => state.canEdit)
  const [, change] = useMapSearch()
  const step = stepsOf(map).find((it) => it.id === id)
  const stage = map.stages.find((it) => it.steps.some((inner) => inner.id === id))
  if (step === undefined || stage === undefined) return null
  return (
    <SidePanel title={step.title} note={stage.title} width={440} onClose={() => change({ step: undefined })}>
      <Binding step={step} />
      <StepFacts step={step} />
      <Ways step={step} direction="from" title={text('map.comesFrom')} />
      <Ways step={step} direction="to" title={text('map.goesTo')} />
      <Said step={step} />
      {canEdit && (
        <div className={style.panelPart}>
          <Button
            look="danger"
            icon="trash"
            onClick={() => {
              change({ step: undefined })
              editor.act({ kind: 'edit', edit: { kind: 'delete_step', step: step.id } })
            }}
          >
            {text('map.deleteStep')}
          </Button>
        </div>
      )}
    </SidePanel>
  )
}

/** What people said of the step. */
function Said({ step }: { readonly step: Step }) {
  const text = useText()
  const { map } = useParams({ from: '/w/$ws/maps/$map' })
  return (
    <section className={style.panelPart} aria-label={text('research.quotes')}>
      <h3>{text('research.quotes')}</h3>
      <QuotesAbout of={{ map, step: step.id }} none={text('research.noneOfStep')} />
    </section>
  )
}

function Binding({ step }: { readonly step: Step }) {
  const text = useText()
  const editor = useEditor()
  const source = useMatcherSource()
  const canEdit = useEditorState((state) => state.canEdit)
  if (!canEdit) {
    return (
      <div className={style.panelPart}>
        <MatcherWords matcher={step.matcher} source={source} />
      </div>
    )
  }
  return (
    <div className={`${style.panelPart} ${style.form}`}>
      <TextField
        key={step.id}
        label={text('map.stepTitle')}
        maxLength={200}
        value={step.title}
        onChange={(title) => editor.act({ kind: 'edit', edit: { kind: 'rename_step', step: step.id, title } })}
      />
      <MatcherPicker
        label={text('map.binding')}
        value={step.matcher}
        source={source}
        onChange={(matcher) => editor.act({ kind: 'edit', edit: { kind: 'bind_step', step: step.id, matcher } })}
      />
    </div>
  )
}

function StepFacts({ step }: { readonly step: Step }) {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const numbers = useEditorState((state) => state.steps[step.id])
  if (numbers === undefined) return null
  const spread = (value: { readonly median_ms: number; readonly p90_ms: number } | null | undefined) =>
    value == null ? '–' : text('map.spread', { median: spanWords(value.median_ms, format, text), p90: spanWords(value.p90_ms, format, text) })
  const facts: readonly { readonly part: StepPart; readonly value: number; readonly share: number | null }[] = [
    { part: 'people', value: numbers.people, share: numbers.share },
    { part: 'from_previous', value: numbers.from_previous, share: numbers.from_previous_share },
    { part: 'entries', value: numbers.entries, share: null },
    { part: 'goal', value: numbers.goal, share: numbers.goal_share },
    { part: 'returns', value: numbers.returns, share: numbers.return_share },
    { part: 'exits', value: numbers.exits, share: numbers.exit_share },
    { part: 'open', value: numbers.open, share: null },
    { part: 'finished', value: numbers.finished, share: null },
  ]
  return (
    <>
      <section className={style.panelPart} aria-label={text('map.numbers')}>
        <h3>{text('map.numbers')}</h3>
        <dl className={style.pairs}>
          {facts.map(({ part, value, share }) => (
            <Fragment key={part}>
              <dt>{text(`map.part.${part}`)}</dt>
              <dd>
                <Count value={value} people={{ of, select: selectStep(step.id, part), title: text('map.partOf', { part: text(`map.part.${part}`), step: step.title }) }} />
                {share !== null && <span className={style.share}>{format.share(share)}</span>}
              </dd>
            </Fragment>
          ))}
          <dt>{text('map.row.reach.name')}</dt>
          <dd>{spread(numbers.reach)}</dd>
          <dt>{text('map.row.leave.name')}</dt>
          <dd>{spread(numbers.leave)}</dd>
        </dl>
      </section>
      <section className={style.panelPart} aria-label={text('map.row.channels.name')}>
        <h3>{text('map.row.channels.name')}</h3>
        <ul className={style.ways}>
          {numbers.channels.map((it) => (
            <li key={it.channel}>
              <ChannelBadge channel={it.channel} />
              <Meter share={it.share} color={channelColor(it.channel)} />
              <span className={style.number}>
                <Count value={it.people} people={{ of, select: selectChannel(step.id, it.channel), title: `${step.title}, ${text(`channel.${it.channel}`)}` }} />
                <small>{format.share(it.share)}</small>
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

type WaysProps = { readonly step: Step; readonly direction: 'from' | 'to'; readonly title: string }

function Ways({ step, direction, title }: WaysProps) {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const map = useDrawing()
  const transitions = useEditorState((state) => state.numbers?.transitions)
  const [, change] = useMapSearch()
  const steps = stepsOf(map)
  const isHere = (it: TransitionNumbers) => (direction === 'from' ? it.to : it.from) === step.id
  const ways = (transitions ?? []).filter(isHere).sort((a, b) => b.people - a.people)
  if (ways.length === 0) return null
  const most = ways[0]?.people ?? 1
  return (
    <section className={style.panelPart} aria-label={title}>
      <h3>{title}</h3>
      <ul className={style.ways}>
        {ways.map((it) => {
          const other = steps.find((inner) => inner.id === it[direction])
          const name = other?.title ?? it[direction]
          return (
            <li key={it[direction]}>
              <span>
                <Button size="s" look="quiet" style={{ marginLeft: -7 }} onClick={() => change({ step: it[direction] })}>
                  {name}
                </Button>
                <small>{afterWords(it.median_ms, format, text)}</small>
              </span>
              <Meter share={it.people / most} />
              <span className={style.number}>
                <Count
                  value={it.people}
                  people={{
                    of,
                    select: selectTransition(it),
                    title: text('map.way', { from: direction === 'from' ? name : step.title, to: direction === 'from' ? step.title : name }),
                  }}
                />
                <small>{format.share(it.share)}</small>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

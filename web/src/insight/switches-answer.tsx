import type { AtStage, Switches, SwitchesReply, SwitchesSelect } from '../api/channels.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { SelectField } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { stageKey } from './board.ts'
import funnelStyle from './funnel.module.css'
import { matrixOf, type Measure, measures, type Pair, worstPairs } from './switches.ts'
import { SwitchesDetail } from './switches-detail.tsx'
import { SwitchesMatrix } from './switches-matrix.tsx'
import style from './switches.module.css'
import { useStageName } from './use-stage-name.ts'
import type { Look } from './use-switches.ts'

type AnswerProps = {
  readonly switches: Switches
  readonly reply: SwitchesReply
  readonly look: Look
  readonly setStage: (at: AtStage) => void
  readonly setShow: (show: Measure) => void
  readonly choose: (at: AtStage, pair: Pair) => void
}

/** Names the people behind a number of switches. */
export function usePeopleOf(switches: Switches) {
  const of = { report: { kind: 'switches' as const, ...switches } }
  return (title: string, select: SwitchesSelect) => ({ of, title, select: { kind: 'switches', ...select } })
}

/** Where most is lost, every change of channel in one stage, and one of them closely. */
export function SwitchesAnswerView({ switches, reply, look, setStage, setShow, choose }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  const people = usePeopleOf(switches)
  const stageName = useStageName(numbers.stages)
  const matrix = matrixOf(numbers, look.stage)
  const all = numbers.leaves.filter((it) => it.at === 'any')
  const switched = all.reduce((sum, it) => sum + it.switched.times, 0)
  const chosen = look.pair === undefined ? undefined : matrix.cellAt(look.pair.from, look.pair.to)
  return (
    <>
      <dl className={funnelStyle.figures}>
        <div>
          <dt>{text('switches.people')}</dt>
          <dd>
            <strong>
              <Count value={numbers.acts.profiles} people={people(text('switches.people'), { at: 'any', part: 'acted' })} />
            </strong>
          </dd>
        </div>
        <div>
          <dt>{text('switches.acts')}</dt>
          <dd>
            <strong>{format.count(numbers.acts.times)}</strong>
          </dd>
        </div>
        <div>
          <dt>{text('switches.switched')}</dt>
          <dd>
            <strong>{format.count(switched)}</strong>
            <span>{text('switches.ofActs', { share: format.share(switched / Math.max(1, numbers.acts.times)) })}</span>
          </dd>
        </div>
      </dl>
      <Worst reply={reply} stageName={stageName} choose={choose} hasValue={numbers.worth?.mean !== undefined && numbers.worth?.mean !== null} />
      <Section
        title={text('switches.matrix')}
        note={text('switches.matrixNote')}
        aside={
          <div className={style.aside}>
            <SelectField
              size="s"
              label={text('switches.stage')}
              labelHidden
              value={stageKey(look.stage)}
              choices={look.stages.map((it) => ({ value: stageKey(it), label: stageName(it) }))}
              onChange={(key) => setStage(look.stages.find((it) => stageKey(it) === key) ?? 'any')}
            />
            <Segments label={text('switches.show')} value={look.show} segments={measures.map((value) => ({ value, label: text(`switches.shows.${value}`) }))} onChange={setShow} />
          </div>
        }
      >
        <SwitchesMatrix matrix={matrix} measure={look.show} at={look.stage} pair={look.pair} choose={(pair) => choose(look.stage, pair)} people={people} stage={stageName(look.stage)} />
      </Section>
      {chosen !== undefined && <SwitchesDetail switches={switches} cell={chosen} leaving={matrix.leavingOf(chosen.from)} stage={stageName(chosen.at)} />}
      <p className={funnelStyle.hint}>
        {text('switches.about', { within: switches.within ?? '7d', gap: switches.gap_max ?? '1d' })}
        {left_out.immature > 0 && ` ${text('switches.immature', { count: left_out.immature, shown: format.count(left_out.immature) })}`}
        {numbers.unplaced.times > 0 && ` ${text('switches.unplaced', { count: numbers.unplaced.times, shown: format.count(numbers.unplaced.times) })}`}
        {numbers.contacts.length > 0 && ` ${text('board.contactNames', { names: numbers.contacts.join(', ') })}`}
      </p>
    </>
  )
}

type WorstProps = {
  readonly reply: SwitchesReply
  readonly stageName: (at: AtStage) => string
  readonly choose: (at: AtStage, pair: Pair) => void
  readonly hasValue: boolean
}

/** The changes that lose most people. Pressing one looks at it. */
function Worst({ reply, stageName, choose, hasValue }: WorstProps) {
  const text = useText()
  const format = useFormat()
  const worst = worstPairs(reply.numbers, 5)
  return (
    <Section title={text('switches.worst')} note={text('switches.worstNote')}>
      {worst.length === 0 ? (
        <p className={funnelStyle.hint}>{text('switches.noneWorse')}</p>
      ) : (
        <ol className={style.worst}>
          {worst.map((cell) => {
            const { at, from, to, against } = cell
            if (against === null || against === undefined) return null
            return (
              <li key={`${stageKey(at)} ${from} ${to}`}>
                <button type="button" className={style.finding} onClick={() => choose(at, { from, to })}>
                  <span className={style.way}>
                    <ChannelBadge channel={from} />
                    <span aria-hidden="true">→</span>
                    <ChannelBadge channel={to} />
                  </span>
                  <span className={style.where}>{stageName(at)}</span>
                  <span className={style.shares}>{text('switches.insteadOf', { share: format.share(against.share), expected: format.share(against.expected_share) })}</span>
                  <strong className={style.lost}>{text('switches.lostPeople', { count: Math.round(against.lost), shown: format.count(Math.round(against.lost)) })}</strong>
                  {hasValue && against.lost_value !== null && against.lost_value !== undefined && <span className={style.worth}>{text('switches.lostValue', { value: format.amount(against.lost_value) })}</span>}
                </button>
              </li>
            )
          })}
        </ol>
      )}
      <p className={style.warning} role="note">
        <b>{text('switches.notCause')}</b> {text('switches.notCauseNote')}
      </p>
    </Section>
  )
}

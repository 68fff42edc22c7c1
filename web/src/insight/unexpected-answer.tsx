import type { Unexpected, UnexpectedReply } from '../api/unexpected.ts'
import { channels } from '../api/model.ts'
import { lookOf } from '../chart/sankey.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import funnelStyle from './funnel.module.css'
import { nameElements } from './paths.ts'
import style from './unexpected.module.css'
import { WayLine } from './way-line.tsx'

type Numbers = UnexpectedReply['numbers']
type AnswerProps = { readonly unexpected: Unexpected; readonly reply: UnexpectedReply }

/** Ways that stand out, and against how many they had to. */
export function UnexpectedAnswerView({ unexpected, reply }: AnswerProps) {
  const text = useText()
  const { numbers } = reply
  return (
    <>
      <UnexpectedFigures unexpected={unexpected} numbers={numbers} />
      {numbers.ways.length === 0 ? (
        <Empty title={text('unexpected.none')}>{text('unexpected.noneNote')}</Empty>
      ) : (
        <Section title={text('unexpected.ways')} note={text('unexpected.waysNote')}>
          <UnexpectedWays unexpected={unexpected} numbers={numbers} />
        </Section>
      )}
      <p className={funnelStyle.hint}>
        <b>{text('unexpected.notWrong')}</b> {text('unexpected.method')}
      </p>
    </>
  )
}

export function UnexpectedFigures({ unexpected, numbers }: { readonly unexpected: Unexpected; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const of = { report: { kind: 'unexpected' as const, ...unexpected } }
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('unexpected.found')}</dt>
        <dd>
          <strong>{format.count(numbers.ways.length)}</strong>
          <span>{text('unexpected.ofPossible', { count: format.compact(numbers.tested) })}</span>
        </dd>
      </div>
      <div>
        <dt>{text('unexpected.everybody')}</dt>
        <dd>
          <strong>
            <Count value={numbers.profiles} people={{ of, select: { kind: 'unexpected', elements: [] }, title: text('unexpected.everybody') }} />
          </strong>
        </dd>
      </div>
    </dl>
  )
}

/** Each way with who goes it, and how many the chain would send there. */
export function UnexpectedWays({ unexpected, numbers }: { readonly unexpected: Unexpected; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const of = { report: { kind: 'unexpected' as const, ...unexpected } }
  const names = nameElements(numbers.elements, text('label.rest'))
  const nameOf = (id: string) => {
    const channel = unexpected.by === 'channel' ? channels.find((it) => it === id) : undefined
    return channel === undefined ? (names.get(id) ?? id) : text(`channel.${channel}`)
  }
  const most = Math.max(1, ...numbers.ways.map((it) => it.passes.profiles))
  const width = (value: number) => `${Math.min(100, (value / most) * 100)}%`
  const rate = (value: number) => (value < 0.001 ? `< ${format.share(0.001)}` : format.share(value))
  const label = text('unexpected.ways')
  const head = (['way', 'profiles', 'expected', 'timesMore', 'times', 'falseRate'] as const).map((it) => text(`unexpected.heads.${it}`))
  const rows = numbers.ways.map((it) => [it.elements.map(nameOf).join(' → '), format.count(it.passes.profiles), format.amount(it.expected), format.amount(it.times_more), format.count(it.passes.times), rate(it.false_rate)])
  return (
    <TableTwin label={label} twin={{ head, rows }}>
      <ol className={style.ways} aria-label={label}>
        {numbers.ways.map((it) => {
          const title = it.elements.map(nameOf).join(' → ')
          return (
            <li key={title} className={style.way}>
              <WayLine elements={it.elements} lookAt={lookOf} nameOf={nameOf} most={11} />
              <div className={style.bars} aria-hidden="true">
                <span className={style.seen} style={{ width: width(it.passes.profiles) }} />
                <span className={style.expected} style={{ width: width(it.expected) }} />
              </div>
              <p className={style.words}>
                <Count value={it.passes.profiles} shown={text('unexpected.people', { count: it.passes.profiles, shown: format.count(it.passes.profiles) })} people={{ of, select: { kind: 'unexpected', elements: it.elements }, title }} />
                <span>{text('unexpected.insteadOf', { expected: format.amount(it.expected) })}</span>
                <b>{text('unexpected.timesMore', { times: format.amount(it.times_more) })}</b>
                <span>{text('contrast.falseRate', { share: rate(it.false_rate) })}</span>
              </p>
            </li>
          )
        })}
      </ol>
    </TableTwin>
  )
}

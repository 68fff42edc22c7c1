import type { ReactNode } from 'react'
import type { Reasons, ReasonsReply } from '../api/reasons.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import funnelStyle from './funnel.module.css'
import { QuoteList } from './quote-list.tsx'
import { ReasonsList } from './reasons-list.tsx'
import { ReasonsOverlap } from './reasons-overlap.tsx'
import { usePeopleOfReasons } from './use-people-of-reasons.ts'

type Numbers = ReasonsReply['numbers']
type AnswerProps = { readonly reasons: Reasons; readonly reply: ReasonsReply }

/** How many give up, what they met before, and of how many nothing is known. */
export function ReasonsAnswerView({ reasons, reply }: AnswerProps) {
  const text = useText()
  const people = usePeopleOfReasons(reasons)
  const { numbers } = reply
  if (numbers.gave_up.whole === 0) {
    return (
      <>
        <ReasonsFigures reasons={reasons} numbers={numbers} />
        <Empty title={text('reasons.nobody')}>{text('reasons.nobodyNote')}</Empty>
      </>
    )
  }
  return (
    <>
      <ReasonsFigures reasons={reasons} numbers={numbers} />
      <Section title={text('reasons.met')} note={text('reasons.metNote')}>
        <ReasonsList reasons={reasons} numbers={numbers} />
      </Section>
      <ReasonsOverlap reasons={reasons} numbers={numbers} />
      {numbers.unknown_quotes.length > 0 && (
        <Section title={text('reasons.unknownQuotes')} note={text('reasons.unknownQuotesNote')}>
          <QuoteList quotes={numbers.unknown_quotes} people={(it) => people(it.text, { quoted: { text: it.text } })} />
        </Section>
      )}
      <p className={funnelStyle.hint}>
        <b>{text('reasons.notCause')}</b> {text('reasons.method')}
      </p>
    </>
  )
}

/** How many set out, how many gave up, and of how many of them something is known. */
export function ReasonsFigures({ reasons, numbers }: { readonly reasons: Reasons; readonly numbers: Numbers }) {
  const text = useText()
  const people = usePeopleOfReasons(reasons)
  const { gave_up: gaveUp, explained, unknown, immature, said } = numbers
  return (
    <dl className={funnelStyle.figures}>
      <Figure name={text('reasons.gaveUp')} share={gaveUp}>
        <Count value={gaveUp.part} people={people(text('reasons.gaveUp'), 'gave_up')} />
      </Figure>
      <div>
        <dt>{text('drivers.entered')}</dt>
        <dd>
          <strong>
            <Count value={gaveUp.whole} people={people(text('drivers.entered'), 'entered')} />
          </strong>
          {immature > 0 && (
            <span>
              {text('drivers.immature')} <Count value={immature} people={people(text('drivers.immatureTitle'), 'immature')} />
            </span>
          )}
        </dd>
      </div>
      <Figure name={text('reasons.explained')} share={explained}>
        <Count value={explained.part} people={people(text('reasons.explained'), 'explained')} />
      </Figure>
      <Figure name={text('reasons.unknown')} share={unknown}>
        <Count value={unknown.part} people={people(text('reasons.unknown'), 'unknown')} />
      </Figure>
      {said > 0 && (
        <div>
          <dt>{text('reasons.said')}</dt>
          <dd>
            <strong>
              <Count value={said} people={people(text('reasons.said'), 'said')} />
            </strong>
          </dd>
        </div>
      )}
    </dl>
  )
}

function Figure({ name, share, children }: { readonly name: string; readonly share: Numbers['gave_up']; readonly children: ReactNode }) {
  const format = useFormat()
  const { part, whole, interval } = share
  return (
    <div>
      <dt>{name}</dt>
      <dd data-small={whole < 30 ? true : undefined}>
        <strong>{whole === 0 ? '–' : format.share(part / whole)}</strong>
        {interval != null && <Interval low={interval.low} high={interval.high} shown={format.share} />}
        {children}
      </dd>
    </div>
  )
}

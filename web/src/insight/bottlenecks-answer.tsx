import { useState } from 'react'
import type { Bottlenecks, BottlenecksAnswer, Contrast, Opportunity, Passage } from '../api/bottlenecks.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Button } from '../ui/button.tsx'
import { Count, Interval } from '../ui/count.tsx'
import { fieldName } from '../ui/field-name.ts'
import { Section } from '../ui/page.tsx'
import { barOf, otherOf, profilesOf, SHOWN_FIRST, spotOf, wholeOf } from './bottlenecks.ts'
import style from './bottlenecks.module.css'
import funnelStyle from './funnel.module.css'
import { useLabelText } from './use-label-text.ts'
import { WideTable } from '../ui/wide-table.tsx'

type AnswerProps = { readonly report: Bottlenecks; readonly numbers: BottlenecksAnswer }

/** The stages, what loses people, what keeps them, and what there is to gain. */
export function BottlenecksAnswerView({ report, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const sure = [...numbers.bottlenecks, ...numbers.strengths].filter((it) => it.is_sure).length
  return (
    <>
      <Section title={text('bottlenecks.stages')} note={text('bottlenecks.stagesNote')}>
        <StagesTable report={report} numbers={numbers} />
      </Section>
      <Section title={text('bottlenecks.title')} note={text('bottlenecks.titleNote')}>
        <Contrasts report={report} contrasts={numbers.bottlenecks} name={text('bottlenecks.title')} />
      </Section>
      <Section title={text('bottlenecks.strengths')} note={text('bottlenecks.strengthsNote')}>
        <Contrasts report={report} contrasts={numbers.strengths} name={text('bottlenecks.strengths')} />
      </Section>
      <Section title={text('bottlenecks.opportunities')} note={text('bottlenecks.opportunitiesNote')}>
        <Opportunities report={report} opportunities={numbers.opportunities} />
      </Section>
      <p className={funnelStyle.hint}>
        {text('bottlenecks.about', { tests: format.count(numbers.tests_count), small: format.count(numbers.too_small), sure: format.count(sure), until: format.moment(numbers.followed_to) })}
      </p>
    </>
  )
}

/** Each stage with who went on and who was lost, beside the range before. */
export function StagesTable({ report, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = profilesOf(report)
  const heads = [text('bottlenecks.entered'), text('bottlenecks.passed'), text('bottlenecks.lost'), text('bottlenecks.median'), ...(numbers.before == null ? [] : [text('bottlenecks.beforeShare')])]
  return (
    <WideTable name={text('bottlenecks.stages')} first={text('bottlenecks.stage')} heads={heads}>
      {numbers.stages.map(({ stage, passage, before }) => {
        const title = (part: string) => `${stage.name} · ${part}`
        return (
          <tr key={stage.id}>
            <th scope="row">{stage.name}</th>
            <td data-number>
              <Count value={passage.entered} people={people(title(text('bottlenecks.entered')), { stage: stage.id, part: 'entered' })} />
              {passage.immature > 0 && (
                <span className={style.under}>
                  {text('bottlenecks.immature')} <Count value={passage.immature} people={people(title(text('bottlenecks.immature')), { stage: stage.id, part: 'immature' })} />
                </span>
              )}
            </td>
            <td data-number>
              <Count value={passage.passed} people={people(title(text('bottlenecks.passed')), { stage: stage.id, part: 'passed' })} />
              <span className={style.under}>
                <Share passage={passage} />
              </span>
            </td>
            <td data-number>
              <Count value={passage.entered - passage.passed} people={people(title(text('bottlenecks.lost')), { stage: stage.id, part: 'lost' })} />
            </td>
            <td data-number>{passage.median_ms == null ? '–' : format.span(passage.median_ms)}</td>
            {numbers.before != null && (
              <td data-number>
                <Share passage={before} />
              </td>
            )}
          </tr>
        )
      })}
    </WideTable>
  )
}

function Share({ passage }: { readonly passage: Passage }) {
  const format = useFormat()
  const share = shareOf(passage.passed, passage.entered)
  return <>{format.shareIfAny(share)}</>
}

/** The name of a place: its stage, and the value that it is of. */
function useSpotName({ stage, by, label }: Pick<Contrast, 'stage' | 'by' | 'label'>): string {
  const text = useText()
  const nameOf = useLabelText(by ?? '')
  return by == null || label == null ? stage.name : `${stage.name} · ${fieldName(by, text)}: ${nameOf(label)}`
}

/** The first of a long list, and what shows all of it. */
function useFirst<Row>(rows: readonly Row[]) {
  const text = useText()
  const [isWhole, setWhole] = useState(false)
  return {
    shown: isWhole ? rows : rows.slice(0, SHOWN_FIRST),
    more: rows.length > SHOWN_FIRST && (
      <Button size="s" look="quiet" onClick={() => setWhole(!isWhole)}>
        {text(isWhole ? 'bottlenecks.fewer' : 'bottlenecks.all', { count: rows.length })}
      </Button>
    ),
  }
}

type ContrastsProps = { readonly report: Bottlenecks; readonly contrasts: readonly Contrast[]; readonly name: string }

/** Places by what they cost or bring; those that may be chance are grey. */
export function Contrasts({ report, contrasts, name }: ContrastsProps) {
  const text = useText()
  const { shown, more } = useFirst(contrasts)
  if (contrasts.length === 0) return <p className={style.none}>{text('bottlenecks.none')}</p>
  const hasValue = contrasts.some((it) => it.value != null)
  const heads = [text('bottlenecks.goesOn'), text('bottlenecks.others'), text('bottlenecks.difference'), text('bottlenecks.people'), ...(hasValue ? [text('bottlenecks.money')] : [])]
  return (
    <>
      <WideTable name={name} className={style.table} first={text('bottlenecks.place')} heads={heads}>
        {shown.map((contrast) => (
          <ContrastRow key={JSON.stringify([spotOf(contrast), contrast.against])} report={report} contrast={contrast} bar={barOf(contrast, contrasts)} hasValue={hasValue} />
        ))}
      </WideTable>
      {more}
    </>
  )
}

type ContrastRowProps = { readonly report: Bottlenecks; readonly contrast: Contrast; readonly bar: number; readonly hasValue: boolean }

function ContrastRow({ report, contrast, bar, hasValue }: ContrastRowProps) {
  const text = useText()
  const format = useFormat()
  const people = profilesOf(report)
  const name = useSpotName(contrast)
  const other = text(`bottlenecks.against.${contrast.against}`)
  const sign = contrast.difference < 0 ? 'lost' : 'won'
  return (
    <tr data-unsure={!contrast.is_sure || undefined}>
      <th scope="row">
        {name}
        <span className={style.under}>
          {other} · {text(contrast.is_sure ? 'bottlenecks.sure' : 'bottlenecks.unsure', { share: format.share(contrast.false_share) })}
        </span>
        <span className={style.bar} data-sign={sign} style={{ width: `${Math.max(2, bar * 100)}%` }} aria-hidden="true" />
      </th>
      <td data-number>
        <Share passage={contrast.own} />
        <span className={style.under}>
          <Count value={contrast.own.passed} people={people(`${name} · ${text('bottlenecks.passed')}`, { ...spotOf(contrast), part: 'passed' })} />
          {' / '}
          <Count value={contrast.own.entered} people={people(`${name} · ${text('bottlenecks.entered')}`, spotOf(contrast))} />
        </span>
      </td>
      <td data-number>
        <Share passage={contrast.other} />
        <span className={style.under}>
          <Count value={contrast.other.passed} people={people(`${name} · ${other} · ${text('bottlenecks.passed')}`, { ...otherOf(contrast), part: 'passed' })} />
          {' / '}
          <Count value={contrast.other.entered} people={people(`${name} · ${other}`, otherOf(contrast))} />
        </span>
      </td>
      <td data-number>
        {format.points(contrast.difference)}
        <span className={style.under}>
          <Interval low={contrast.interval.low} high={contrast.interval.high} shown={format.points} />
        </span>
      </td>
      <td data-number>
        {format.count(wholeOf(contrast.people))}
        <span className={style.under}>
          {text('bottlenecks.lostOf')} <Count value={contrast.own.entered - contrast.own.passed} people={people(`${name} · ${text('bottlenecks.lost')}`, { ...spotOf(contrast), part: 'lost' })} />
        </span>
      </td>
      {hasValue && <td data-number>{contrast.value == null ? '–' : format.amount(contrast.value)}</td>}
    </tr>
  )
}

type OpportunitiesProps = { readonly report: Bottlenecks; readonly opportunities: readonly Opportunity[] }

/** What each value would gain if it did as well as the best of its peers. */
function Opportunities({ report, opportunities }: OpportunitiesProps) {
  const text = useText()
  const { shown, more } = useFirst(opportunities)
  if (opportunities.length === 0) return <p className={style.none}>{text('bottlenecks.noOpportunity')}</p>
  const hasValue = opportunities.some((it) => it.value != null)
  const heads = [text('bottlenecks.reachable'), text('bottlenecks.best'), text('bottlenecks.behind'), text('bottlenecks.gain'), ...(hasValue ? [text('bottlenecks.money')] : [])]
  return (
    <>
      <WideTable name={text('bottlenecks.opportunities')} className={style.table} first={text('bottlenecks.place')} heads={heads}>
        {shown.map((it) => (
          <OpportunityRow key={JSON.stringify(spotOf(it))} report={report} opportunity={it} hasValue={hasValue} />
        ))}
      </WideTable>
      {more}
    </>
  )
}

type OpportunityRowProps = { readonly report: Bottlenecks; readonly opportunity: Opportunity; readonly hasValue: boolean }

function OpportunityRow({ report, opportunity, hasValue }: OpportunityRowProps) {
  const text = useText()
  const format = useFormat()
  const people = profilesOf(report)
  const name = useSpotName(opportunity)
  const best = useLabelText(opportunity.by ?? '')(opportunity.best)
  const ofBest = { ...spotOf(opportunity), label: opportunity.best }
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-number>
        <Count value={opportunity.own.entered} people={people(`${name} · ${text('bottlenecks.entered')}`, spotOf(opportunity))} />
        <span className={style.under}>
          <Share passage={opportunity.own} />
        </span>
      </td>
      <td data-number>
        {best}
        <span className={style.under}>
          <Count value={opportunity.best_passage.passed} people={people(`${best} · ${text('bottlenecks.passed')}`, { ...ofBest, part: 'passed' })} />
          {' / '}
          <Count value={opportunity.best_passage.entered} people={people(best, ofBest)} /> · <Share passage={opportunity.best_passage} />
        </span>
      </td>
      <td data-number>{format.points(opportunity.behind)}</td>
      <td data-number>{format.count(wholeOf(opportunity.people))}</td>
      {hasValue && <td data-number>{opportunity.value == null ? '–' : format.amount(opportunity.value)}</td>}
    </tr>
  )
}

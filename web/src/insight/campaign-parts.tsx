import { usePeopleSource } from '../api/use-people-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { SelectField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { type CampaignAsk, partOfTrait, partsOf, sumOf } from './campaign.ts'
import { fieldChoices } from './field-choices.ts'
import funnelStyle from './funnel.module.css'
import { useCampaignParts } from './use-campaign.ts'
import { useLabelText } from './use-label-text.ts'
import wide from '../ui/wide-table.module.css'

type PartsProps = {
  readonly ask: CampaignAsk
  readonly name: string
  /** A field of events, or a trait. */
  readonly part: string
  readonly title: string
  readonly note: string
  readonly onChoose?: (part: string) => void
}

/** The people of a campaign by where they were reached or who they are; all parts together are all of them. */
export function CampaignParts({ ask, name, part, title, note, onChoose }: PartsProps) {
  const text = useText()
  const source = usePeopleSource()
  const { trait, response, credit, each, lines } = useCampaignParts(ask, name, part, true)
  const fields = fieldChoices(source.fields.map((it) => it.field), text)
  const traits = source.traits.fields.map(({ field }) => ({ value: partOfTrait(field), label: text('campaign.traitOf', { name: field }) }))
  const known = [...fields, ...traits]
  const choices = known.some((it) => it.value === part) ? known : [{ value: part, label: part }, ...known]
  const failed = trait === null ? (response.error ?? credit.error) : (each.find((it) => it.error !== null)?.error ?? null)
  const isReady = trait === null ? response.data !== undefined && credit.data !== undefined : each.length > 0 && each.every((it) => it.data !== undefined)
  return (
    <Section
      title={title}
      note={note}
      aside={onChoose === undefined ? undefined : <SelectField size="s" labelHidden label={text('campaign.partBy')} value={part} choices={choices} onChange={onChoose} />}
    >
      {failed !== null ? (
        <Failed
          small
          error={failed}
          onRetry={() => {
            for (const it of [response, credit, ...each]) void it.refetch()
          }}
        />
      ) : !isReady ? (
        <Loading rows={4} />
      ) : (
        <PartsTable ask={ask} part={part} title={title} shown={{ trait, response, credit, each, lines }} />
      )}
    </Section>
  )
}

type Shown = Pick<ReturnType<typeof useCampaignParts>, 'trait' | 'response' | 'credit' | 'each' | 'lines'>

function PartsTable({ ask, part, title, shown }: { readonly ask: CampaignAsk; readonly part: string; readonly title: string; readonly shown: Shown }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useLabelText(part)
  const { trait, response, credit, each, lines } = shown
  const isField = trait === null
  const parts = isField ? partsOf(response.data?.numbers ?? { lines: [] }, credit.data?.numbers) : partsOf({ lines }, undefined)
  const sum = sumOf(parts)
  const hasWorth = isField && ask.value != null
  const replyOf = (label: unknown) => (isField ? response.data : each[lines.findIndex((it) => it.label === label)]?.data)
  const people = (label: (typeof parts)[number]['label'], which: 'reached' | 'converted', words: string) => {
    const reply = replyOf(label)
    if (reply === undefined) return null
    return { of: { report: reply.report }, select: { kind: 'funnel', step: 0, part: which, ...(isField ? { label } : {}) }, title: `${nameOf(label)} · ${words}`, asked: reply.asked }
  }
  const heads = [text('campaign.reached'), text('campaign.converted'), text('campaign.rate'), ...(isField ? [text('campaign.credited')] : []), ...(hasWorth ? [text('campaign.worth')] : [])]
  return (
    <>
      <div className={wide.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: title })}>
        <table className={wide.table}>
          <thead>
            <tr>
              <th scope="col">{text('campaign.part')}</th>
              {heads.map((it) => (
                <th key={it} scope="col" data-number>
                  {it}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map((it) => (
              <tr key={JSON.stringify(it.label)}>
                <th scope="row">{nameOf(it.label)}</th>
                <td data-number>
                  <People value={it.reached} people={people(it.label, 'reached', text('campaign.reached'))} />
                </td>
                <td data-number>
                  <People value={it.converted} people={people(it.label, 'converted', text('campaign.converted'))} />
                </td>
                <td data-number>{it.reached === 0 ? '–' : format.share(it.converted / it.reached)}</td>
                {isField && <td data-number>{format.amount(it.conversions)}</td>}
                {hasWorth && <td data-number>{format.amount(it.worth)}</td>}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{text('attribution.sum')}</th>
              <td data-number>{format.count(sum.reached)}</td>
              <td data-number>{format.count(sum.converted)}</td>
              <td data-number>{sum.reached === 0 ? '–' : format.share(sum.converted / sum.reached)}</td>
              {isField && <td data-number>{format.amount(sum.conversions)}</td>}
              {hasWorth && <td data-number>{format.amount(sum.worth)}</td>}
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={funnelStyle.hint}>{text(isField ? 'campaign.partsAbout' : 'campaign.traitsAbout')}</p>
    </>
  )
}

/** A number of people; one that no answer has is plain. */
function People({ value, people }: { readonly value: number; readonly people: PeopleTarget | null }) {
  const format = useFormat()
  return people === null || value === 0 ? <>{format.count(value)}</> : <Count value={value} people={people} />
}

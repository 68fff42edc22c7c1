import type { StoredCosts } from '../api/cost.ts'
import type { FunnelReply } from '../api/funnel.ts'
import { StackedBars } from '../chart/stacked-bars.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { phasesOf } from './campaign.ts'
import funnelStyle from './funnel.module.css'
import { WideTable } from '../ui/wide-table.tsx'

/** So many phases are read at a glance. */
const OPEN_MAX = 14

type PhasesProps = { readonly response: FunnelReply; readonly sessions: FunnelReply | undefined; readonly costs: StoredCosts | undefined }

/** What was paid, who was reached and who converted, by when. */
export function CampaignPhases({ response, sessions, costs }: PhasesProps) {
  const text = useText()
  const format = useFormat()
  const currency = costs?.currency ?? null
  const isWhole = costs === undefined || costs.lines_count <= costs.lines.length
  const phases = phasesOf(response.numbers, sessions?.numbers, currency === null || !isWhole ? null : (costs?.lines ?? []), format.dayOf)
  const hasCost = phases.some((it) => it.cost !== null)
  const name = (from: string) => format.date(format.dayOf(from))
  const people = (from: string, part: 'reached' | 'converted' | 'open', title: string) => ({
    of: { report: response.report },
    select: { kind: 'funnel', step: 0, part, point: from },
    title: `${name(from)} · ${title}`,
    asked: response.asked,
  })
  const heads = [...(hasCost ? [text('cost.cost')] : []), text('campaign.reachedNew'), text('campaign.sessions'), text('campaign.converted'), text('campaign.rate'), text('campaign.open'), ...(hasCost ? [text('campaign.costEach')] : [])]
  const money = (amount: number | null) => (amount === null || currency === null ? '–' : format.money(amount, currency))
  return (
    <Section title={text('campaign.phases')} note={text('campaign.phasesNote')}>
      <StackedBars
        label={text('campaign.phases')}
        height={170}
        series={[
          { name: text('campaign.converted'), color: 'returning', isBelow: false },
          { name: text('campaign.notConverted'), color: 'quiet', isBelow: false },
          { name: text('campaign.open'), color: 'open', isBelow: false },
        ]}
        bars={phases.map((it) => ({ name: name(it.from), values: [it.converted, it.reached - it.converted - it.open, it.open], isOpen: it.isPartial }))}
        showValue={format.count}
        showTick={format.compact}
      />
      <details className={funnelStyle.points} open={phases.length <= OPEN_MAX}>
        <summary>{text('campaign.phasesPeople')}</summary>
        <WideTable name={text('campaign.phases')} first={text('campaign.from')} heads={heads}>
          {phases.map((it) => (
            <tr key={it.from}>
              <th scope="row">{name(it.from)}</th>
              {hasCost && <td data-number>{money(it.cost)}</td>}
              <td data-number>
                <Count value={it.reached} people={people(it.from, 'reached', text('campaign.reachedNew'))} />
              </td>
              <td data-number>{format.count(it.sessions)}</td>
              <td data-number>
                <Count value={it.converted} people={people(it.from, 'converted', text('campaign.converted'))} />
              </td>
              <td data-number>{it.reached === 0 ? '–' : format.share(it.converted / it.reached)}</td>
              <td data-number>
                <Count value={it.open} people={people(it.from, 'open', text('campaign.open'))} />
              </td>
              {hasCost && <td data-number>{money(it.cost === null || it.converted === 0 ? null : it.cost / it.converted)}</td>}
            </tr>
          ))}
        </WideTable>
      </details>
      <p className={funnelStyle.hint}>
        {text('campaign.phasesAbout')}
        {!isWhole && ` ${text('campaign.costsCut')}`}
      </p>
    </Section>
  )
}

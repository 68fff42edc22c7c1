import type { AttributionReply } from '../api/attribution.ts'
import type { FunnelReply } from '../api/funnel.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { type CampaignAsk, campaignRows, returnOf } from './campaign.ts'
import funnelStyle from './funnel.module.css'

type FiguresProps = { readonly ask: CampaignAsk; readonly name: string; readonly credit: AttributionReply; readonly response: FunnelReply; readonly sessions: FunnelReply | undefined }

/** What a campaign cost, whom it reached, who converted, and what that is credited with. */
export function CampaignFigures({ ask, name, credit, response, sessions }: FiguresProps) {
  const text = useText()
  const format = useFormat()
  const { cost } = credit.numbers
  const row = campaignRows(credit.numbers, undefined, undefined).find((it) => it.name === name)
  const [last] = row?.line?.credit ?? []
  const { converted } = response.numbers
  const people = (title: string, part: 'reached' | 'converted') => ({ of: { report: response.report }, select: { kind: 'funnel', step: 0, part }, title: `${name} · ${title}`, asked: response.asked })
  const money = (amount: number) => (cost == null ? format.amount(amount) : format.money(amount, cost.currency))
  const back = last === undefined || row?.paid == null ? null : returnOf(last.value, row.paid.amount)
  return (
    <dl className={funnelStyle.figures}>
      {row?.paid != null && (
        <div>
          <dt>{text('cost.cost')}</dt>
          <dd>
            <strong>{money(row.paid.amount)}</strong>
            {response.n > 0 && <span>{text('campaign.eachReached', { amount: money(row.paid.amount / response.n) })}</span>}
          </dd>
        </div>
      )}
      <div>
        <dt>{text('campaign.reached')}</dt>
        <dd>
          <strong>
            <Count value={response.n} people={people(text('campaign.reached'), 'reached')} />
          </strong>
          {sessions !== undefined && <span>{text('campaign.inSessions', { count: format.count(sessions.n) })}</span>}
        </dd>
      </div>
      <div>
        <dt>{text('campaign.converted')}</dt>
        <dd data-small={converted.whole < 30 || undefined}>
          <strong>
            <Count value={converted.part} people={people(text('campaign.converted'), 'converted')} />
          </strong>
          {converted.whole > 0 && <span>{format.share(converted.part / converted.whole)}</span>}
          {converted.interval != null && <Interval low={converted.interval.low} high={converted.interval.high} shown={format.share} />}
        </dd>
      </div>
      {ask.value != null && last !== undefined && (
        <div>
          <dt>{text('campaign.worth')}</dt>
          <dd>
            <strong>{money(last.value)}</strong>
            {back !== null && <span>{text('campaign.returned', { change: format.change(back) })}</span>}
          </dd>
        </div>
      )}
    </dl>
  )
}

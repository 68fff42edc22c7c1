import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { AttributionReply } from '../api/attribution.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { AsOfFilter, AsOfMark, PeopleOfThen } from '../report/as-of-filter.tsx'
import { answerOf, ExportMenu } from '../report/export-menu.tsx'
import filterStyle from '../report/people-filter.module.css'
import { useAsOf } from '../report/use-as-of.ts'
import { Age } from '../ui/age.tsx'
import { Count } from '../ui/count.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { CampaignChoices } from './campaign-choices.tsx'
import { type CampaignAsk, type CampaignRow, campaignRows, returnOf } from './campaign.ts'
import style from './campaign.module.css'
import { CostNotes } from './cost-section.tsx'
import funnelStyle from './funnel.module.css'
import { SuggestedConversions } from './suggested.tsx'
import { useCampaignAsk, useCampaigns } from './use-campaign.ts'
import { WideTable } from '../ui/wide-table.tsx'

/** Every campaign of events and costs: what it cost, whom it reached, and what came of it. */
export function CampaignsPage() {
  const search = useSearch({ from: '/w/$ws/campaigns' })
  const text = useText()
  const { ask, isAskable } = useCampaignAsk(search)
  if (ask !== null) {
    return (
      <PeopleOfThen>
        <Campaigns ask={ask} isAskable={isAskable} />
      </PeopleOfThen>
    )
  }
  return (
    <Page title={text('page.campaigns')} note={text('campaign.note')}>
      <Loading rows={8} />
    </Page>
  )
}

function Campaigns({ ask, isAskable }: { readonly ask: CampaignAsk; readonly isAskable: boolean }) {
  const text = useText()
  const navigate = useNavigate({ from: '/w/$ws/campaigns' })
  const { credit, sessions, days } = useCampaigns(ask, isAskable)
  const edit = (change: Partial<CampaignAsk>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...ask, ...change } }), replace: true })
  const isFresh = isAskable && credit.data !== undefined && !credit.isPlaceholderData
  const failed = credit.error ?? sessions.error ?? days.error
  return (
    <Page
      title={text('page.campaigns')}
      note={text('campaign.note')}
      actions={
        <>
          {isFresh && (
            <span className={funnelStyle.quiet}>
              <Age time={credit.data.taken} />
            </span>
          )}
          <RangePicker range={ask.range} onChange={(range) => edit({ range })} />
          <ExportMenu title={text('page.campaigns')} answers={isFresh ? [answerOf(text('page.campaigns'), credit.data)] : []} />
        </>
      }
    >
      <div className={filterStyle.sides}>
        <AsOfFilter />
      </div>
      <AsOfMark />
      <div className={funnelStyle.page}>
        <CampaignChoices ask={ask} edit={edit} />
        <div className={funnelStyle.answer}>
          {!isAskable ? (
            <>
              <Empty title={text('campaign.noGoal')}>{text('campaign.noGoalNote')}</Empty>
              <SuggestedConversions onChoose={(goal) => edit({ goal })} />
            </>
          ) : failed !== null ? (
            <Failed
              error={failed}
              onRetry={() => {
                for (const it of [credit, sessions, days]) void it.refetch()
              }}
            />
          ) : credit.data === undefined ? (
            <Loading rows={8} />
          ) : (
            <List ask={ask} reply={credit.data} rows={campaignRows(credit.data.numbers, sessions.data?.numbers, days.data?.numbers)} />
          )}
        </div>
      </div>
    </Page>
  )
}

type ListProps = { readonly ask: CampaignAsk; readonly reply: AttributionReply; readonly rows: readonly CampaignRow[] }

function List({ ask, reply, rows }: ListProps) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { then } = useAsOf()
  const { cost } = reply.numbers
  const hasValue = ask.value != null
  if (rows.length === 0) return <Empty title={text('campaign.none')}>{text('campaign.noneNote')}</Empty>
  const money = (amount: number) => (cost == null ? format.amount(amount) : format.money(amount, cost.currency))
  const people = (title: string, of: unknown) => ({ of: { report: reply.report }, select: { kind: 'attribution', of }, title, asked: reply.asked })
  const heads = [
    ...(cost == null ? [] : [text('cost.cost')]),
    text('campaign.reached'),
    text('campaign.sessionsBegun'),
    text('campaign.conversions'),
    ...(hasValue ? [text('campaign.worth')] : []),
    ...(hasValue && cost != null ? [text('campaign.return')] : []),
    text('campaign.first'),
    text('campaign.last'),
  ]
  const { total, untouched, sums } = reply.numbers
  const worth = sums[0]?.value ?? 0
  const back = cost == null ? null : returnOf(worth, cost.paid.amount)
  return (
    <>
      <dl className={funnelStyle.figures}>
        {cost != null && (
          <div>
            <dt>{text('cost.cost')}</dt>
            <dd>
              <strong>{money(cost.paid.amount)}</strong>
            </dd>
          </div>
        )}
        <div>
          <dt>{text('campaign.withCampaign')}</dt>
          <dd>
            <strong>{format.count(total.passes.times - untouched.passes.times)}</strong>
            <span>{text('campaign.ofConversions', { count: format.count(total.passes.times) })}</span>
          </dd>
        </div>
        {hasValue && (
          <div>
            <dt>{text('campaign.worth')}</dt>
            <dd>
              <strong>{money(worth)}</strong>
              {back !== null && <span>{text('campaign.returned', { change: format.change(back) })}</span>}
            </dd>
          </div>
        )}
      </dl>
      <Section title={text('campaign.list')} note={text('campaign.listNote')}>
        <WideTable name={text('campaign.list')} first={text('campaign.campaign')} heads={heads}>
          {rows.map((row) => {
            const { name, line, paid, label } = row
            const [last] = line?.credit ?? []
            const back = paid === null || last === undefined ? null : returnOf(last.value, paid.amount)
            return (
              <tr key={name}>
                <th scope="row">
                  <Link className={style.name} to="/w/$ws/campaigns/$campaign" params={{ ws, campaign: name }} search={{ ask, ...then }}>
                    {name}
                  </Link>
                  {line === null && <span className={style.under}>{text('campaign.onlyCost')}</span>}
                </th>
                {cost != null && <td data-number>{paid === null ? '–' : money(paid.amount)}</td>}
                <td data-number>{line === null ? '–' : <Count value={line.touches.profiles} people={people(`${name} · ${text('campaign.reached')}`, { reached: label })} />}</td>
                <td data-number>{line === null ? '–' : format.count(row.sessions)}</td>
                <td data-number>
                  {line === null ? (
                    '–'
                  ) : (
                    <>
                      {format.count(line.on_path.times)}
                      <span className={style.under}>
                        {text('attribution.byPeople')} <Count value={line.on_path.profiles} people={people(`${name} · ${text('campaign.conversions')}`, { on_path: label })} />
                      </span>
                  </>
                )}
              </td>
              {hasValue && <td data-number>{last === undefined ? '–' : money(last.value)}</td>}
              {hasValue && cost != null && <td data-number>{back === null ? '–' : format.change(back)}</td>}
              <td data-number>{row.first === null ? '–' : format.date(format.dayOf(row.first))}</td>
              <td data-number>{row.last === null ? '–' : format.date(format.dayOf(row.last))}</td>
            </tr>
          )
        })}
      </WideTable>
      <p className={funnelStyle.hint}>
        <b>{text('attribution.notCause')}</b> {text('campaign.listAbout')}
      </p>
      {cost != null && <CostNotes cost={cost} />}
    </Section>
    </>
  )
}

import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { AsOfFilter, AsOfMark, PeopleOfThen } from '../report/as-of-filter.tsx'
import { answerOf, ExportMenu } from '../report/export-menu.tsx'
import filterStyle from '../report/people-filter.module.css'
import { Age } from '../ui/age.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { CampaignChoices } from './campaign-choices.tsx'
import { CampaignFigures } from './campaign-figures.tsx'
import { CampaignParts } from './campaign-parts.tsx'
import { CampaignPhases } from './campaign-phases.tsx'
import { CampaignStages } from './campaign-stages.tsx'
import { type CampaignAsk, reachedBy, usualPart } from './campaign.ts'
import style from './campaign.module.css'
import funnelStyle from './funnel.module.css'
import { useCampaign, useCampaignAsk } from './use-campaign.ts'

/** One campaign: its phases, how far its people got, where they are, and what they did next. */
export function CampaignPage() {
  const search = useSearch({ from: '/w/$ws/campaigns/$campaign' })
  const { campaign } = useParams({ from: '/w/$ws/campaigns/$campaign' })
  const text = useText()
  const { ask, isAskable } = useCampaignAsk(search)
  if (ask !== null) {
    return (
      <PeopleOfThen>
        <Shown ask={ask} name={campaign} part={search.part} isAskable={isAskable} />
      </PeopleOfThen>
    )
  }
  return (
    <Page title={campaign} note={text('campaign.oneNote')}>
      <Loading rows={8} />
    </Page>
  )
}

type ShownProps = { readonly ask: CampaignAsk; readonly name: string; readonly part: string | undefined; readonly isAskable: boolean }

function Shown({ ask, name, part, isAskable }: ShownProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const navigate = useNavigate({ from: '/w/$ws/campaigns/$campaign' })
  const { credit, response, sessions, costs } = useCampaign(ask, name, isAskable)
  const edit = (change: Partial<CampaignAsk>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...ask, ...change } }), replace: true })
  const choose = (next: string) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, part: next }), replace: true })
  const source = usePeopleSource()
  const usual = usualPart(source.fields.map((it) => it.field), source.traits.fields.map((it) => it.field))
  const isFresh = isAskable && response.data !== undefined && !response.isPlaceholderData
  const failed = credit.error ?? response.error ?? sessions.error
  return (
    <Page
      title={name}
      note={text('campaign.oneNote')}
      actions={
        <>
          {isFresh && (
            <span className={funnelStyle.quiet}>
              <Age time={response.data.taken} />
            </span>
          )}
          <RangePicker range={ask.range} onChange={(range) => edit({ range })} />
          <ExportMenu title={name} answers={isFresh ? [answerOf(text('campaign.phases'), response.data)] : []} />
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
            <Empty title={text('campaign.noGoal')}>{text('campaign.noGoalNote')}</Empty>
          ) : failed !== null ? (
            <Failed
              error={failed}
              onRetry={() => {
                for (const it of [credit, response, sessions]) void it.refetch()
              }}
            />
          ) : credit.data === undefined || response.data === undefined ? (
            <Loading rows={8} />
          ) : (
            <>
              <CampaignFigures ask={ask} name={name} credit={credit.data} response={response.data} sessions={sessions.data} />
              {response.data.n === 0 ? (
                <Empty small title={text('campaign.nobody')}>
                  {text('campaign.nobodyNote')}
                </Empty>
              ) : (
                <>
                  <CampaignPhases response={response.data} sessions={sessions.data} costs={costs.data} />
                  <CampaignStages ask={ask} name={name} />
                  <CampaignParts ask={ask} name={name} part="channel" title={text('campaign.channels')} note={text('campaign.channelsNote')} />
                  <CampaignParts ask={ask} name={name} part={part ?? usual} title={text('campaign.regions')} note={text('campaign.regionsNote')} onChoose={choose} />
                  <Section title={text('campaign.next')} note={text('campaign.nextNote')}>
                    <Next ask={ask} name={name} ws={ws} />
                  </Section>
                </>
              )}
            </>
          )}
        </div>
      </div>
    </Page>
  )
}

/** Other questions about the people of a campaign. */
function Next({ ask, name, ws }: { readonly ask: CampaignAsk; readonly name: string; readonly ws: string }) {
  const text = useText()
  const people = reachedBy(ask, name)
  const { range } = ask
  return (
    <ul className={style.links}>
      <li>
        <Link to="/w/$ws/paths" params={{ ws }} search={{ ask: { range, mode: 'after', by: 'event', anchor: { rule: { where: { field: ask.by, test: { is: [name] } } } }, length: 6, branches: 6, top: 20, people } }}>
          {text('campaign.paths')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/funnel" params={{ ws }} search={{ ask: { range, steps: [], people } }}>
          {text('page.funnel')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/channels" params={{ ws }} search={{ ask: { range, goal: ask.goal, people } }}>
          {text('page.channels')}
        </Link>
      </li>
      <li>
        <Link to="/w/$ws/retention" params={{ ws }} search={{ ask: { kind: 'retention', range, start: {}, period: 'week', periods_count: 8, people } }}>
          {text('page.retention')}
        </Link>
      </li>
    </ul>
  )
}

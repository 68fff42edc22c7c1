import { useQuery } from '@tanstack/react-query'
import { comparisonQuery } from '../api/compare.ts'
import type { Report } from '../api/model.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useText } from '../i18n/use-text.ts'
import { ComparisonTables } from '../report/comparison-table.tsx'
import { useAsOf } from '../report/use-as-of.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { type CampaignAsk, reachedBy, WITHIN } from './campaign.ts'
import funnelStyle from './funnel.module.css'

/** How many of those reached got how far along the stages, beside all others: not what the campaign did. */
export function CampaignStages({ ask, name }: { readonly ask: CampaignAsk; readonly name: string }) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const { data } = useQuery(vocabularyQuery(ws))
  const stages = data?.vocabulary.stages ?? []
  const report: Report = {
    kind: 'funnel',
    range: ask.range,
    steps: stages.map((it) => ({ name: it.name, matcher: it.entry })),
    window: { whole: ask.within ?? WITHIN },
    people: reachedBy(ask, name),
  }
  const compared = useQuery({ ...comparisonQuery(ws, report, 'rest', asOf), enabled: stages.length > 1 })
  if (stages.length < 2) return null
  return (
    <Section title={text('campaign.stages')} note={text('campaign.stagesNote')}>
      {compared.error !== null ? (
        <Failed small error={compared.error} onRetry={() => void compared.refetch()} />
      ) : compared.data === undefined ? (
        <Loading rows={5} />
      ) : (
        <ComparisonTables comparison={compared.data} sides={{ a: text('campaign.sideReached'), b: text('campaign.sideOthers') }} />
      )}
      <p className={funnelStyle.hint}>
        <b>{text('attribution.notCause')}</b> {text('campaign.stagesAbout')}
      </p>
    </Section>
  )
}

import type { Discovery } from '../api/map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './discovery-preview.module.css'

/** More names than this say nothing more. */
const LEFT_OUT_MAX = 6

/** What would be made: the stages and steps that were found, and how much they explain. */
export function DiscoveryPreview({ discovery: { map, summary } }: { readonly discovery: Discovery }) {
  const text = useText()
  const format = useFormat()
  return (
    <div className={style.preview} role="status">
      <p>
        {text('map.found', {
          count: summary.steps,
          share: format.share(summary.covered_events_share),
          events: format.count(summary.events),
          profiles: format.count(summary.profiles),
        })}{' '}
        {text('map.foundGoal', { count: summary.goal_profiles, shown: format.count(summary.goal_profiles) })}
      </p>
      <ol className={style.stages}>
        {map.stages.map((stage) => (
          <li key={stage.id}>
            <strong>{stage.title}</strong>
            <span>{stage.steps.map((it) => it.title).join(text('list.and'))}</span>
          </li>
        ))}
      </ol>
      {summary.left_out.length > 0 && (
        <p>
          {text('map.leftOut')}{' '}
          {summary.left_out
            .slice(0, LEFT_OUT_MAX)
            .map((it) => it.name)
            .join(text('list.and'))}
        </p>
      )}
    </div>
  )
}

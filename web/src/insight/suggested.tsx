import { useQuery } from '@tanstack/react-query'
import type { FunnelStep } from '../api/funnel.ts'
import type { Matcher } from '../api/model.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useText } from '../i18n/use-text.ts'
import { suggestedConversions, suggestedFunnels } from './suggested.ts'
import style from './suggested.module.css'

/** Ready funnels along the stages of the workspace, for who has no step yet. */
export function SuggestedFunnels({ onChoose }: { readonly onChoose: (steps: readonly FunnelStep[]) => void }) {
  const text = useText()
  const choices = suggestedFunnels(useStages()).map((steps) => ({ names: steps.map((step) => step.name), run: () => onChoose(steps) }))
  return <Suggested title={text('suggested.funnels')} choices={choices} />
}

/** Entries of stages that may be conversions, for who has named none yet. */
export function SuggestedConversions({ onChoose }: { readonly onChoose: (conversion: Matcher) => void }) {
  const text = useText()
  const choices = suggestedConversions(useStages()).map(({ name, entry }) => ({ names: [name], run: () => onChoose(entry) }))
  return <Suggested title={text('suggested.conversions')} choices={choices} />
}

type Choice = {
  readonly names: readonly string[]
  /** Set where the names stand side by side, else each leads to the next. */
  readonly isList?: boolean
  readonly run: () => void
}

/** What can be asked with one press. */
export function Suggested({ title, choices }: { readonly title: string; readonly choices: readonly Choice[] }) {
  if (choices.length === 0) return null
  return (
    <section className={style.suggested}>
      <h3>{title}</h3>
      <ul>
        {choices.map(({ names, isList = false, run }) => (
          <li key={names.join('\n')}>
            <button type="button" onClick={run}>
              {names.map((name, index) => (
                <span key={name} className={style.stop}>
                  {index > 0 && <i aria-hidden="true">{isList ? '·' : '→'}</i>}
                  {name}
                </span>
              ))}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function useStages() {
  const { data } = useQuery(vocabularyQuery(useWorkspace().id))
  return data?.vocabulary.stages ?? []
}

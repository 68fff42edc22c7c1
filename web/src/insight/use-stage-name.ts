import type { AtStage } from '../api/channels.ts'
import type { Element } from '../api/paths.ts'
import { useText } from '../i18n/use-text.ts'

/** Names a stage in the words of the vocabulary, and what is no stage in the language of the page. */
export function useStageName(stages: readonly Element[]): (at: AtStage) => string {
  const text = useText()
  return (at) => {
    if (at === 'any') return text('switches.anyStage')
    if (at === 'before') return text('switches.beforeStages')
    return stages.find((it) => it.id === at.stage)?.name ?? at.stage
  }
}

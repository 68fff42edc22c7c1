import type { HookMaker } from '../api/hook.ts'
import { useText } from '../i18n/use-text.ts'
import { hookMakerNames } from './hook-maker.ts'

/** What the product of a webhook is called. */
export function useMakerName(): (maker: HookMaker) => string {
  const text = useText()
  return (maker) => hookMakerNames[maker] ?? text(maker === 'survey' ? 'hook.maker.survey' : 'hook.maker.generic')
}

import type { Funnel } from '../api/funnel.ts'
import type { PeopleRule } from '../api/model.ts'
import { fieldKey } from './difference.ts'
import { funnelWords, matcherWords, type Speech } from './funnel-words.ts'

/** What a sentence about one field needs besides. */
export type FieldSpeech = Speech & {
  /** The range of the funnel, in words. */
  readonly range: string
  readonly people: (rule: PeopleRule) => string
}

/** What one field of a funnel says, in words; the same field of two funnels reads side by side. */
export function fieldWords(funnel: Funnel, field: string, speech: FieldSpeech): string {
  const { text } = speech
  const { key, step } = fieldKey(field)
  if (step !== null) {
    const own = funnel.steps[step]
    if (own === undefined) return text('difference.none')
    return own.optional === true ? text('difference.optional', { name: matcherWords(own.matcher, speech) }) : matcherWords(own.matcher, speech)
  }
  switch (key) {
    case 'range':
      return speech.range
    case 'people':
      return funnel.people == null ? text('peopleRule.everybody') : speech.people(funnel.people)
    case 'steps':
      return funnel.steps.map((it) => it.name).join(' → ')
    default: {
      const found = funnelWords(funnel, speech).filter((it) => it.field === key || it.field.startsWith(`${key} `))
      return found.length === 0 ? text('difference.none') : found.map((it) => it.words).join(' ')
    }
  }
}

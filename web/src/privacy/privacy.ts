import type { ConsentPolicy, Detector, MaskCount, Masking, MaskPlace, MaskRule, Purpose } from '../api/privacy.ts'

export const detectors = ['email', 'phone', 'card', 'national_id_cn', 'iban', 'secret'] as const satisfies readonly Detector[]
export const places = ['url_parameters', 'url_path', 'titles', 'properties'] as const satisfies readonly MaskPlace[]

/** What becomes of what a rule finds; `off` for a rule that is not asked. */
export const treatments = ['off', 'mask', 'drop'] as const
export type Treatment = (typeof treatments)[number]

/** A secret is known by the name of its parameter, so it is looked for nowhere else. */
export function canLookIn(detector: Detector, place: MaskPlace): boolean {
  return detector !== 'secret' || place === 'url_parameters'
}

export function ruleOf({ rules }: Pick<Masking, 'rules'>, detector: Detector, place: MaskPlace): MaskRule | undefined {
  return rules?.find((it) => it.detector === detector && it.place === place)
}

export function treatmentOf(masking: Pick<Masking, 'rules'>, detector: Detector, place: MaskPlace): Treatment {
  const rule = ruleOf(masking, detector, place)
  return rule === undefined || !rule.is_on ? 'off' : (rule.action ?? 'mask')
}

/** The rules with another treatment of one detector in one place. */
export function withTreatment(masking: Masking, detector: Detector, place: MaskPlace, treatment: Treatment): Masking {
  const before = ruleOf(masking, detector, place)
  const action = treatment === 'off' ? (before?.action ?? 'mask') : treatment
  const rule: MaskRule = { detector, place, action, is_on: treatment !== 'off' }
  const rules = masking.rules ?? []
  return { ...masking, rules: before === undefined ? [...rules, rule] : rules.map((it) => (it === before ? rule : it)) }
}

export function countOf(found: readonly MaskCount[], detector: Detector, place: MaskPlace): number {
  return found.find((it) => it.detector === detector && it.place === place)?.count ?? 0
}

/** Words of a line with commas between, each once. */
export function wordsOf(line: string): string[] {
  const words = line.split(/[,，、;；\n]/).map((it) => it.trim())
  return [...new Set(words.filter((it) => it !== ''))]
}

/** An id from a name, which no other purpose has. */
export function newPurpose({ purposes }: ConsentPolicy, name: string): Purpose {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 40)
  const base = slug === '' ? 'purpose' : slug
  const taken = new Set((purposes ?? []).map((it) => it.id))
  let id = base
  for (let number = 2; taken.has(id); number += 1) id = `${base}_${number}`
  return { id, name: name.trim(), keys: [], channels: [], basis: 'consent', untold: 'denied' }
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

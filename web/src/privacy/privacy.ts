import type { ConsentPolicy, Detector, MaskCount, Masking, MaskPlace, MaskRule, Purpose } from '../api/privacy.ts'
import { freeId } from '../lib/list.ts'

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

/** A purpose that nobody has been asked for yet, with an id that no other has. */
export function newPurpose({ purposes }: ConsentPolicy, name: string): Purpose {
  const id = freeId(name, (purposes ?? []).map((it) => it.id), 'purpose')
  return { id, name: name.trim(), keys: [], channels: [], basis: 'consent', untold: 'denied' }
}

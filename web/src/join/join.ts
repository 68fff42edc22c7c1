import type { JoinPreview, JoinSide } from '../api/identity.ts'

/** A trait of two profiles, and what stays of it. */
export type TraitRow = { readonly name: string; readonly left: string | undefined; readonly right: string | undefined; readonly together: string | undefined }

/** A value as it is shown: a text as it is, everything else as JSON. */
function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valuesOf(side: JoinSide | null | undefined): ReadonlyMap<string, string> {
  return new Map(side?.traits.map((it) => [it.name, shownValue(it.value)]))
}

/** Every trait of either, those on which the two do not agree first. */
export function traitRows({ left, right, together }: JoinPreview): TraitRow[] {
  const [ofLeft, ofRight, ofBoth] = [valuesOf(left), valuesOf(right), valuesOf(together)]
  const names = [...new Set([...ofLeft.keys(), ...ofRight.keys()])].sort()
  const rows = names.map((name) => ({ name, left: ofLeft.get(name), right: ofRight.get(name), together: ofBoth.get(name) }))
  return [...rows.filter(differs), ...rows.filter((it) => !differs(it))]
}

/** True for a trait of which both tell a value, and not the same. */
export function differs({ left, right }: TraitRow): boolean {
  return left !== undefined && right !== undefined && left !== right
}

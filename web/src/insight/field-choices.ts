/** Fields that every event has, then those that were seen. */
export function fieldChoices(seen: readonly string[]): { readonly value: string; readonly label: string }[] {
  const always = ['channel', 'touchpoint', 'event', 'source']
  return [...always, ...seen.filter((it) => !always.includes(it))].map((value) => ({ value, label: value }))
}

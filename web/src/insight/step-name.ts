import type { Matcher } from '../api/model.ts'

type Step = { readonly name: string; readonly matcher: Matcher }

/** A step whose name nobody chose takes the name of what it counts. */
export function renamed<Named extends Step>(step: Named, before: Step, touchpoints: readonly { readonly id: string; readonly name: string }[], signals: readonly { readonly id: string; readonly name: string }[] = []): Named {
  const nameOf = ({ matcher }: Step) => {
    const id = matcher.touchpoints?.[0]
    const signal = signals.find((it) => it.id === matcher.signals?.[0])?.name
    return touchpoints.find((it) => it.id === id)?.name ?? signal ?? matcher.events?.[0]
  }
  const [old, now] = [nameOf(before), nameOf(step)]
  const isOwn = old === undefined ? before.matcher.events === undefined && before.matcher.touchpoints === undefined && before.matcher.signals === undefined : before.name === old
  return isOwn && now !== undefined ? { ...step, name: now } : step
}

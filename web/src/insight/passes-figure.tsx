import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import type { PeopleTarget } from '../ui/people.ts'

type FigureProps = {
  readonly title: string
  readonly passes: { readonly times: number; readonly profiles: number }
  readonly people: PeopleTarget
}

/** How often something happened, and the profiles that it happened to. */
export function PassesFigure({ title, passes, people }: FigureProps) {
  const text = useText()
  const format = useFormat()
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <strong>{format.count(passes.times)}</strong>
        <span>
          {text('attribution.byPeople')} <Count value={passes.profiles} people={people} />
        </span>
      </dd>
    </div>
  )
}

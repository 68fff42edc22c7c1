import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useNow } from './use-now.ts'

/** How long ago something was; the exact moment is in its title. */
export function Age({ time }: { readonly time: string }) {
  const now = useNow()
  const format = useFormat()
  const text = useText()
  const age = now - Date.parse(time)
  return (
    <time dateTime={time} title={format.moment(time)} className="tabular">
      {age < 1_000 ? text('age.now') : format.age(age)}
    </time>
  )
}

import { useText } from '../i18n/use-text.ts'
import style from './quote.module.css'

/** From very bad to very good, with the names that texts have for them. */
export const feelings = [
  { value: -2, name: 'veryBad' },
  { value: -1, name: 'bad' },
  { value: 0, name: 'neutral' },
  { value: 1, name: 'good' },
  { value: 2, name: 'veryGood' },
] as const

/** How somebody felt, as a word; nothing where it was not said. */
export function Feeling({ value }: { readonly value: number | null | undefined }) {
  const text = useText()
  const known = feelings.find((it) => it.value === value)
  if (known === undefined) return null
  return (
    <span className={style.feeling} data-feeling={Math.sign(known.value)}>
      {text(`research.feeling.${known.name}`)}
    </span>
  )
}

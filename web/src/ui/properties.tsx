import { useText } from '../i18n/use-text.ts'
import { flatten, LEAVES_MAX } from '../lib/flatten.ts'
import style from './properties.module.css'

type PropertiesProps = { readonly title: string; readonly value: { readonly [name: string]: unknown } }

/** What an event says, line by line, as text whatever it holds. */
export function Properties({ title, value }: PropertiesProps) {
  const text = useText()
  const leaves = flatten(value)
  if (leaves.length === 0) return null
  return (
    <div className={style.properties}>
      <p className={style.title}>{title}</p>
      <dl>
        {leaves.slice(0, LEAVES_MAX).map((leaf) => (
          <div key={leaf.path}>
            <dt>{leaf.path}</dt>
            <dd data-kind={leaf.kind}>{leaf.kind === 'nothing' ? '–' : leaf.text}</dd>
          </div>
        ))}
      </dl>
      {leaves.length > LEAVES_MAX && <p>{text('look.moreLines', { count: leaves.length - LEAVES_MAX })}</p>}
    </div>
  )
}

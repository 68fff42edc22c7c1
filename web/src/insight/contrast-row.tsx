import type { ReactNode } from 'react'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { type Contrast, contrastWords } from './contrast.ts'
import style from './contrast.module.css'

type RowProps = {
  readonly name: string
  readonly standing: string
  /** Whether it is good news, bad news, or none. */
  readonly tone: 'good' | 'bad' | 'none'
  readonly compared: Contrast | null | undefined
  readonly reach: number
  /** How many more or fewer people a month, in words. */
  readonly effect: (people: string, isMore: boolean) => string
  /** What the two shares are of. */
  readonly shares: (it: Contrast) => string
  readonly children: ReactNode
}

/** One candidate: its effect as a bar and in words, and the people behind it. */
export function ContrastRow({ name, standing, tone, compared: it, reach, effect, shares, children }: RowProps) {
  const text = useText()
  const format = useFormat()
  return (
    <li className={style.row} data-tone={tone}>
      <div className={style.name}>
        <b>{name}</b>
        <span className={style.standing}>{standing}</span>
      </div>
      {it != null && (
        <>
          <Bar compared={it} reach={reach} />
          <div className={style.effect}>
            <b>{effect(format.amount(Math.abs(it.people_per_month)), it.people_per_month >= 0)}</b>
            <span data-tip={text('number.interval')}>{text('number.between', { low: format.amount(it.people_interval.low), high: format.amount(it.people_interval.high) })}</span>
          </div>
          <p className={style.words}>
            {shares(it)} {contrastWords(it, text, format)}
          </p>
        </>
      )}
      <div className={style.people}>{children}</div>
    </li>
  )
}

/** An effect to the left or right of none, with what it may be. */
function Bar({ compared: it, reach }: { readonly compared: Contrast; readonly reach: number }) {
  const at = (people: number) => 50 + (50 * Math.max(-reach, Math.min(reach, people))) / reach
  const [from, to] = [Math.min(at(0), at(it.people_per_month)), Math.max(at(0), at(it.people_per_month))]
  const { low, high } = it.people_interval
  return (
    <div className={style.bar} aria-hidden="true">
      <i className={style.zero} />
      <span className={style.size} style={{ left: `${from}%`, width: `${to - from}%` }} />
      <span className={style.range} style={{ left: `${at(low)}%`, width: `${at(high) - at(low)}%` }} />
    </div>
  )
}

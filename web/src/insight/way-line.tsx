import { useState } from 'react'
import type { LinkLook } from '../chart/sankey.ts'
import { useText } from '../i18n/use-text.ts'
import { piecesOf } from './paths.ts'
import style from './way-line.module.css'

type WayLineProps = {
  readonly elements: readonly string[]
  readonly lookAt: (elements: readonly string[], place: number) => LinkLook
  readonly nameOf: (id: string) => string
  /** More than these, and the middle is behind a button. */
  readonly most: number
}

/** A way as a line with its stations; what it comes back to is marked. */
export function WayLine({ elements, lookAt, nameOf, most }: WayLineProps) {
  const text = useText()
  const [isWhole, setWhole] = useState(false)
  const pieces = piecesOf(elements, lookAt, isWhole ? elements.length : most)
  return (
    <ol className={style.way}>
      {pieces.map((piece) =>
        piece.kind === 'gap' ? (
          <li key="gap">
            <button type="button" className={style.gap} onClick={() => setWhole(true)}>
              {text('paths.more', { count: piece.count })}
            </button>
          </li>
        ) : (
          <li key={piece.place} data-look={piece.look}>
            {piece.look === 'return' && <span className="visually-hidden">{text('paths.looks.return')}: </span>}
            {nameOf(piece.element)}
          </li>
        ),
      )}
    </ol>
  )
}

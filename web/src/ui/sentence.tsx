import { Fragment, type ReactNode } from 'react'
import style from './people-builder.module.css'

/** Stands where a control goes; no text of ours has it. */
const MARK = '\u0001'

/** What to give to a text as the value of a place, so that `Sentence` finds it again. */
export function mark(name: string): string {
  return MARK + name + MARK
}

/** A sentence whose words and controls stand in the order of the language. */
export function Sentence({ words, parts }: { readonly words: string; readonly parts: Readonly<Record<string, ReactNode>> }) {
  return words.split(MARK).map((piece, index) => {
    // The pieces between two marks are names.
    if (index % 2 === 1) return <Fragment key={index}>{parts[piece]}</Fragment>
    const word = piece.trim()
    return word === '' ? null : (
      <span key={index} className={style.word}>
        {word}
      </span>
    )
  })
}

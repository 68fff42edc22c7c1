import { wordsOf } from '../lib/sql-words.ts'
import style from './sql-text.module.css'

/** A statement to be read, its words colored. */
export function SqlText({ sql, label }: { readonly sql: string; readonly label: string }) {
  return (
    <pre className={style.sql} tabIndex={0} role="region" aria-label={label}>
      {wordsOf(sql).map((word) => (
        <span key={word.from} className={style[word.kind]}>
          {word.text}
        </span>
      ))}
    </pre>
  )
}

import { Link } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import type { ExportAnswer } from './export-menu.tsx'
import style from './report.module.css'

/** Says that amounts are in no number of the page, as nobody has said what their currency is worth. */
export function UnratedNote({ answers }: { readonly answers: readonly ExportAnswer[] }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const count = Math.max(0, ...answers.map((it) => it.facts.unrated ?? 0))
  if (count === 0) return null
  return (
    <p className={style.hint}>
      {text('money.unrated', { count, shown: format.count(count) })}{' '}
      <Link to="/w/$ws/quality" params={{ ws }}>
        {text('money.which')}
      </Link>
    </p>
  )
}

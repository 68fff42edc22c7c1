import { Link } from '@tanstack/react-router'
import type { Use } from '../api/catalogue.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { never } from '../lib/never.ts'
import style from './catalogue.module.css'

/** Reports, maps, segments and rules that name something. */
export function UseList({ uses }: { readonly uses: readonly Use[] }) {
  const text = useText()
  return (
    <ul className={style.uses} aria-label={text('catalogue.usedBy')}>
      {uses.map((it) => (
        <li key={`${it.kind} ${it.id}`}>
          <span className={style.quiet}>{text(`catalogue.use.${it.kind}`)}</span> <UseLink use={it} />
        </li>
      ))}
    </ul>
  )
}

function UseLink({ use }: { readonly use: Use }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  switch (use.kind) {
    case 'report':
      return (
        <Link to="/w/$ws/reports/$report" params={{ ws, report: use.id }}>
          {use.title}
        </Link>
      )
    case 'dashboard':
      return (
        <Link to="/w/$ws/dashboards/$dashboard" params={{ ws, dashboard: use.id }}>
          {use.title}
        </Link>
      )
    case 'map':
      return (
        <Link to="/w/$ws/maps/$map" params={{ ws, map: use.id }}>
          {use.title}
        </Link>
      )
    case 'segment':
      return (
        <Link to="/w/$ws/segments/$segment" params={{ ws, segment: use.id }}>
          {use.title}
        </Link>
      )
    case 'target':
      return (
        <Link to="/w/$ws/targets" params={{ ws }}>
          {use.title}
        </Link>
      )
    case 'vocabulary':
      return (
        <Link to="/w/$ws/vocabulary" params={{ ws }}>
          {text('page.vocabulary')}
        </Link>
      )
    default:
      return never(use.kind)
  }
}

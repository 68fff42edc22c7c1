import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type DecisionEntry, decisionsQuery } from '../api/decision.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { questionPages } from '../report/saved.ts'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import style from './decision.module.css'

/** Every decision of the workspace, the latest first. */
export function DecisionListPage() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const decisions = useQuery(decisionsQuery(ws))
  const all = decisions.data?.decisions ?? []
  return (
    <Page title={text('page.decisions')} note={text('decision.pageNote')}>
      {decisions.error !== null ? (
        <Failed error={decisions.error} onRetry={() => void decisions.refetch()} />
      ) : decisions.data === undefined ? (
        <Loading rows={6} />
      ) : all.length === 0 ? (
        <Empty title={text('decision.none')}>{text('decision.noneNote')}</Empty>
      ) : (
        <ul className={style.list} aria-label={text('page.decisions')}>
          {all.map((it) => (
            <Entry key={it.id} entry={it} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function Entry({ entry }: { readonly entry: DecisionEntry }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { decision, owner, kind, n } = entry
  const page = questionPages[kind]
  return (
    <li>
      <time dateTime={decision.day}>{format.date(decision.day)}</time>
      <div>
        <Link to="/w/$ws/decisions/$decision" params={{ ws, decision: entry.id }}>
          {decision.title}
        </Link>
        {decision.text !== undefined && decision.text !== '' && <p>{decision.text}</p>}
        <span className={style.quiet}>
          {text('decision.on', { report: page === undefined ? kind : text(page), count: n, n: format.count(n) })}
          {owner != null && ` · ${owner.name}`}
        </span>
      </div>
    </li>
  )
}

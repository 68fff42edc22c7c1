import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { sessionQuery } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { Menu } from '../ui/menu.tsx'
import style from './navigation.module.css'
import { pageOf, pages } from './pages.ts'

const groups = [...new Set(pages.map((page) => page.group))]

/** The line of pages at the left. On a phone it is opened over the page. */
export function Navigation({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const text = useText()
  const workspace = useWorkspace()
  const path = useLocation({ select: (it) => it.pathname })
  const here = pages.findIndex(({ to }) => to === pageOf(path, workspace.id))
  return (
    <>
      <button type="button" className={style.scrim} data-open={open || undefined} aria-label={text('shell.closeNavigation')} onClick={onClose} />
      <nav className={style.nav} data-open={open || undefined} aria-label={text('shell.navigation')}>
        <WorkspaceMenu />
        {groups.map((group) => (
          <section key={group} className={style.group} aria-labelledby={group === 'now' ? undefined : `pages-${group}`}>
            {group !== 'now' && (
              <h2 className={style.heading} id={`pages-${group}`}>
                {text(`shell.pages.${group}`)}
              </h2>
            )}
            <ol>
              {pages.map(
                (page, index) =>
                  page.group === group && (
                    <li key={page.to} data-passed={index < here || undefined}>
                      <Link
                        to={page.to}
                        params={{ ws: workspace.id }}
                        className={style.item}
                        data-active={index === here || undefined}
                        aria-current={index === here ? 'page' : undefined}
                        title={text(page.title)}
                        onClick={onClose}
                      >
                        <span className={style.station}>
                          <Icon name={page.icon} size={15} />
                        </span>
                        <span className={style.label}>{text(page.title)}</span>
                      </Link>
                    </li>
                  ),
              )}
            </ol>
          </section>
        ))}
      </nav>
    </>
  )
}

function WorkspaceMenu() {
  const text = useText()
  const navigate = useNavigate()
  const current = useWorkspace()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const workspaces = session.workspaces.map((workspace) => ({
    key: workspace.id,
    label: workspace.name,
    chosen: workspace.id === current.id,
    run: () => void navigate({ to: '/w/$ws', params: { ws: workspace.id } }),
  }))
  return (
    <Menu label={text('shell.workspaces')} groups={[{ label: text('shell.workspaces'), items: workspaces }]}>
      {(target) => (
        <button type="button" {...target} className={style.workspace} aria-label={text('shell.workspace', { name: current.name })}>
          <Mark />
          <span className={style.name}>{current.name}</span>
          <span className={style.chevron}>
            <Icon name="down" size={14} />
          </span>
        </button>
      )}
    </Menu>
  )
}

import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useMatches, useNavigate } from '@tanstack/react-router'
import { Fragment, useEffect } from 'react'
import { sessionQuery, signOut } from '../api/session.ts'
import { usePulse } from '../api/use-stream.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Locale, locales } from '../i18n/i18n.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { isRecord, textOf } from '../lib/read.ts'
import { Age } from '../ui/age.tsx'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { Shortcut } from '../ui/shortcut.tsx'
import { localeNames } from '../lib/locale-names.ts'
import { chooseLanguage } from '../api/language.ts'
import { schemes, useScheme } from './preferences.ts'
import style from './top-bar.module.css'

type TopBarProps = { readonly onFind: () => void; readonly onNavigation: () => void }

/** Where one is, how fresh it is, and the way to everywhere else. */
export function TopBar({ onFind, onNavigation }: TopBarProps) {
  const text = useText()
  return (
    <header className={style.bar}>
      <span className={style.burger}>
        <IconButton icon="menu" label={text('shell.openNavigation')} onClick={onNavigation} />
      </span>
      <Crumbs />
      <Freshness />
      <button type="button" className={style.find} aria-keyshortcuts="Control+K Meta+K" onClick={onFind}>
        <Icon name="search" size={14} />
        <span>{text('palette.hint')}</span>
        <Shortcut keys="mod+K" />
      </button>
      <MemberMenu />
    </header>
  )
}

function Crumbs() {
  const text = useText()
  const crumbs = useMatches({
    select: (matches) =>
      matches.flatMap(({ pathname, staticData, loaderData }) => {
        const loaded = isRecord(loaderData) ? textOf(loaderData, 'crumb') : undefined
        if (loaded !== undefined) return [{ pathname, title: loaded }]
        return staticData.crumb === undefined ? [] : [{ pathname, title: text(staticData.crumb) }]
      }),
  })
  const workspace = useWorkspace()
  const title = [crumbs.at(-1)?.title, workspace.name, text('product')].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <nav aria-label={text('shell.crumbs')} style={{ flex: 1, minWidth: 0 }}>
      <ol className={style.crumbs}>
        {crumbs.map(({ pathname, title }, index) => (
          <Fragment key={pathname}>
            {index > 0 && (
              <li aria-hidden="true">
                <Icon name="right" size={12} />
              </li>
            )}
            <li>
              {index === crumbs.length - 1 ? (
                <span data-here aria-current="page">
                  {title}
                </span>
              ) : (
                <Link to={pathname}>{title}</Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  )
}

function Freshness() {
  const text = useText()
  const state = usePulse((pulse) => pulse.state)
  const at = usePulse((pulse) => pulse.tick?.at)
  return (
    <span className={style.pulse} role="status" title={text(`shell.pulseHint.${state}`)}>
      <span className={style.dot} data-state={state} />
      <span>{text(`shell.pulse.${state}`)}</span>
      {state === 'open' && at !== undefined && (
        <span className={style.age} aria-hidden="true">
          <Age time={at} />
        </span>
      )}
    </span>
  )
}

function MemberMenu() {
  const text = useText()
  const navigate = useNavigate()
  const locale = useLocale()
  const { scheme, setScheme } = useScheme()
  const workspace = useWorkspace()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const leave = async () => {
    await signOut()
    await navigate({ to: '/login' })
  }
  return (
    <Menu
      label={text('shell.member')}
      side="bottom-end"
      groups={[
        {
          label: session.member.email,
          items: [
            {
              key: 'settings',
              label: text('page.settings'),
              icon: 'settings',
              run: () => void navigate({ to: '/w/$ws/settings', params: { ws: workspace.id } }),
            },
          ],
        },
        {
          label: text('shell.scheme'),
          items: schemes.map((it) => ({
            key: it,
            label: text(`scheme.${it}`),
            chosen: it === scheme,
            run: () => setScheme(it),
          })),
        },
        {
          label: text('shell.language'),
          items: locales.map((it: Locale) => ({
            key: it,
            label: localeNames[it],
            chosen: it === locale,
            run: () => void chooseLanguage(it),
          })),
        },
        { items: [{ key: 'leave', label: text('shell.signOut'), icon: 'leave', run: () => void leave() }] },
      ]}
    >
      {(target) => (
        <button type="button" {...target} className={style.member} aria-label={text('shell.memberMenu', { name: session.member.name })}>
          {initialOf(session.member.name)}
        </button>
      )}
    </Menu>
  )
}

function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '·'
}

import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { dashboardsQuery } from '../api/dashboard.ts'
import { mapsQuery } from '../api/map.ts'
import { profilesQuery } from '../api/profile.ts'
import { reportsQuery } from '../api/report.ts'
import { studiesQuery } from '../api/research.ts'
import { sessionQuery } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { locales } from '../i18n/i18n.ts'
import { useText } from '../i18n/use-text.ts'
import { type Entry, findEntries } from './palette.ts'
import { pages } from './pages.ts'
import { localeNames } from '../lib/locale-names.ts'
import { chooseLanguage } from '../api/language.ts'
import { schemes, useScheme } from './preferences.ts'

/** Fewer letters than this would find nearly everyone. */
const PROFILE_SEARCH_CHARS_MIN = 2

/** Everything that fits what was typed: pages, maps, commands and, from the server, profiles. */
export function usePalette(search: string): readonly Entry[] {
  const text = useText()
  const navigate = useNavigate()
  const { id: ws } = useWorkspace()
  const { setScheme } = useScheme()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data: maps } = useQuery(mapsQuery(ws))
  const { data: dashboards } = useQuery(dashboardsQuery(ws))
  const { data: reports } = useQuery(reportsQuery(ws))
  const { data: research } = useQuery(studiesQuery(ws))
  const term = search.trim()
  const { data: profiles } = useQuery({ ...profilesQuery(ws, term, 6), enabled: term.length >= PROFILE_SEARCH_CHARS_MIN })
  const entries: Entry[] = [
    ...pages.map((page) => ({
      key: page.to,
      group: text('palette.pages'),
      title: text(page.title),
      icon: page.icon,
      run: () => void navigate({ to: page.to, params: { ws } }),
    })),
    ...(maps?.maps ?? []).map((map) => ({
      key: `map ${map.id}`,
      group: text('palette.maps'),
      title: map.title,
      icon: 'map' as const,
      run: () => void navigate({ to: '/w/$ws/maps/$map', params: { ws, map: map.id } }),
    })),
    ...(dashboards?.dashboards ?? []).map((board) => ({
      key: `dashboard ${board.id}`,
      group: text('palette.dashboards'),
      title: board.title,
      ...(board.description === '' ? {} : { note: board.description }),
      icon: 'board' as const,
      run: () => void navigate({ to: '/w/$ws/dashboards/$dashboard', params: { ws, dashboard: board.id } }),
    })),
    ...(reports?.reports ?? []).map((report) => ({
      key: `report ${report.id}`,
      group: text('palette.reports'),
      title: report.title,
      ...(report.description === '' ? {} : { note: report.description }),
      icon: 'bookmark' as const,
      run: () => void navigate({ to: '/w/$ws/reports/$report', params: { ws, report: report.id } }),
    })),
    ...(research?.studies ?? []).map(({ id, study }) => ({
      key: `study ${id}`,
      group: text('page.research'),
      title: study.title,
      ...(study.description == null || study.description === '' ? {} : { note: study.description }),
      icon: 'quote' as const,
      run: () => void navigate({ to: '/w/$ws/research/studies/$study', params: { ws, study: id } }),
    })),
    {
      key: 'discover',
      group: text('palette.commands'),
      title: text('palette.discover'),
      icon: 'spark',
      run: () => void navigate({ to: '/w/$ws/maps', params: { ws }, search: { discover: true } }),
    },
    ...session.workspaces
      .filter((it) => it.id !== ws)
      .map((it) => ({
        key: `workspace ${it.id}`,
        group: text('palette.commands'),
        title: text('palette.switchTo', { name: it.name }),
        icon: 'right' as const,
        run: () => void navigate({ to: '/w/$ws', params: { ws: it.id } }),
      })),
    ...schemes.map((it) => ({
      key: `scheme ${it}`,
      group: text('palette.commands'),
      title: text('palette.scheme', { name: text(`scheme.${it}`) }),
      icon: it === 'dark' ? ('moon' as const) : ('sun' as const),
      run: () => setScheme(it),
    })),
    ...locales.map((it) => ({
      key: `locale ${it}`,
      group: text('palette.commands'),
      title: text('palette.language', { name: localeNames[it] }),
      icon: 'globe' as const,
      run: () => void chooseLanguage(it),
    })),
  ]
  const people = (profiles?.profiles ?? []).map((profile) => ({
    key: `profile ${profile.id}`,
    group: text('palette.profiles'),
    title: profile.label,
    icon: 'people' as const,
    run: () => void navigate({ to: '/w/$ws/profiles/$profile', params: { ws, profile: String(profile.id) } }),
  }))
  return [...findEntries(entries, search), ...(term.length >= PROFILE_SEARCH_CHARS_MIN ? people : [])]
}

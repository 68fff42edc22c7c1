import { createRoute } from '@tanstack/react-router'
import { type Channel, channels } from '../api/model.ts'
import { profileEventsQuery, profileQuery } from '../api/profile.ts'
import { accountQuery, accountTypesQuery } from '../api/account.ts'
import { kindsQuery } from '../api/object.ts'
import { noteQuery, studiesQuery } from '../api/research.ts'
import { segmentQuery, segmentsQuery } from '../api/segment.ts'
import { countOf, oneOf, textOf } from '../lib/read.ts'
import { readAccountSearch } from '../object/account-search.ts'
import { readObjectSearch } from '../object/object-search.ts'
import { readResearchSearch } from '../research/research-search.ts'
import { workspace } from './entry.tsx'
import { lazyPage } from './lazy-page.ts'

const profiles = createRoute({ getParentRoute: () => workspace, path: '/profiles', staticData: { crumb: 'page.profiles' } })

const profileList = createRoute({
  getParentRoute: () => profiles,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = textOf(search, 'q')
    return q === undefined ? {} : { q }
  },
  component: lazyPage(() => import('../profile/profile-list-page.tsx'), 'ProfileListPage'),
})

const profile = createRoute({
  getParentRoute: () => profiles,
  path: '/$profile',
  validateSearch: (search: Record<string, unknown>): { channel?: Channel } => {
    const channel = oneOf(search, 'channel', channels)
    return channel === undefined ? {} : { channel }
  },
  loader: async ({ context, params }) => {
    void context.queryClient.prefetchInfiniteQuery(profileEventsQuery(params.ws, params.profile))
    const { label } = await context.queryClient.ensureQueryData(profileQuery(params.ws, params.profile))
    return { crumb: label }
  },
  component: lazyPage(() => import('../profile/profile-page.tsx'), 'ProfilePage'),
})

const objects = createRoute({ getParentRoute: () => workspace, path: '/objects', staticData: { crumb: 'page.objects' } })

const objectList = createRoute({
  getParentRoute: () => objects,
  path: '/',
  validateSearch: readObjectSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(kindsQuery(params.ws)),
  component: lazyPage(() => import('../object/object-list-page.tsx'), 'ObjectListPage'),
})

const objectKinds = createRoute({
  getParentRoute: () => objects,
  path: '/kinds',
  staticData: { crumb: 'page.objectKinds' },
  component: lazyPage(() => import('../object/kinds-page.tsx'), 'KindsPage'),
})

const object = createRoute({
  getParentRoute: () => objects,
  path: '/$kind/$object',
  loader: ({ context, params }) => {
    void context.queryClient.prefetchQuery(kindsQuery(params.ws))
    return { crumb: params.object }
  },
  component: lazyPage(() => import('../object/object-page.tsx'), 'ObjectPage'),
})

const accounts = createRoute({ getParentRoute: () => workspace, path: '/accounts', staticData: { crumb: 'page.accounts' } })

const accountList = createRoute({
  getParentRoute: () => accounts,
  path: '/',
  validateSearch: readAccountSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(accountTypesQuery(params.ws)),
  component: lazyPage(() => import('../object/account-list-page.tsx'), 'AccountListPage'),
})

const account = createRoute({
  getParentRoute: () => accounts,
  path: '/$type/$account',
  loader: async ({ context, params }) => {
    const { name, id } = await context.queryClient.ensureQueryData(accountQuery(params.ws, params.type, params.account))
    return { crumb: name ?? id }
  },
  component: lazyPage(() => import('../object/account-page.tsx'), 'AccountPage'),
})

const segments = createRoute({ getParentRoute: () => workspace, path: '/segments', staticData: { crumb: 'page.segments' } })

const segmentList = createRoute({
  getParentRoute: () => segments,
  path: '/',
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(segmentsQuery(params.ws)),
  component: lazyPage(() => import('../segment/segment-list-page.tsx'), 'SegmentListPage'),
})

const segment = createRoute({
  getParentRoute: () => segments,
  path: '/$segment',
  loader: async ({ context, params }) => {
    const { title } = await context.queryClient.ensureQueryData(segmentQuery(params.ws, params.segment))
    return { crumb: title }
  },
  component: lazyPage(() => import('../segment/segment-page.tsx'), 'SegmentPage'),
})

const research = createRoute({ getParentRoute: () => workspace, path: '/research', staticData: { crumb: 'page.research' } })

const researchList = createRoute({
  getParentRoute: () => research,
  path: '/',
  validateSearch: readResearchSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(studiesQuery(params.ws)),
  component: lazyPage(() => import('../research/research-page.tsx'), 'ResearchPage'),
})

const study = createRoute({
  getParentRoute: () => research,
  path: '/studies/$study',
  loader: async ({ context, params }) => {
    const { studies } = await context.queryClient.ensureQueryData(studiesQuery(params.ws))
    return { crumb: studies.find((it) => it.id === params.study)?.study.title ?? params.study }
  },
  component: lazyPage(() => import('../research/study-page.tsx'), 'StudyPage'),
})

const note = createRoute({
  getParentRoute: () => research,
  path: '/notes/$note',
  validateSearch: (search: Record<string, unknown>): { quote?: number } => {
    const quote = countOf(search, 'quote')
    return quote === undefined ? {} : { quote }
  },
  loader: async ({ context, params }) => {
    const { note } = await context.queryClient.ensureQueryData(noteQuery(params.ws, params.note))
    return { crumb: note.title }
  },
  component: lazyPage(() => import('../research/note-page.tsx'), 'NotePage'),
})

const sources = createRoute({
  getParentRoute: () => workspace,
  path: '/sources',
  staticData: { crumb: 'page.sources' },
  validateSearch: (search: Record<string, unknown>): { tab?: 'hooks' | 'import' | 'costs' | 'quarantine'; reason?: string } => {
    const tab = oneOf(search, 'tab', ['hooks', 'import', 'costs', 'quarantine'])
    const reason = textOf(search, 'reason')
    return { ...(tab === undefined ? {} : { tab }), ...(tab !== 'quarantine' || reason === undefined ? {} : { reason }) }
  },
  component: lazyPage(() => import('../source/source-page.tsx'), 'SourcePage'),
})

const catalogue = createRoute({
  getParentRoute: () => workspace,
  path: '/catalogue',
  staticData: { crumb: 'page.catalogue' },
  validateSearch: (search: Record<string, unknown>): { tab?: 'proposals' | 'rules' | 'plan'; event?: string } => {
    const tab = oneOf(search, 'tab', ['proposals', 'rules', 'plan'])
    const event = textOf(search, 'event')
    return { ...(tab === undefined ? {} : { tab }), ...(event === undefined ? {} : { event }) }
  },
  component: lazyPage(() => import('../catalogue/catalogue-page.tsx'), 'CataloguePage'),
})

const quality = createRoute({
  getParentRoute: () => workspace,
  path: '/quality',
  staticData: { crumb: 'page.quality' },
  component: lazyPage(() => import('../catalogue/quality-page.tsx'), 'QualityPage'),
})

const sentLinks = createRoute({
  getParentRoute: () => workspace,
  path: '/links',
  staticData: { crumb: 'page.links' },
  component: lazyPage(() => import('../link/sent-links-page.tsx'), 'SentLinksPage'),
})

const vocabulary = createRoute({
  getParentRoute: () => workspace,
  path: '/vocabulary',
  staticData: { crumb: 'page.vocabulary' },
  component: lazyPage(() => import('../vocabulary/vocabulary-page.tsx'), 'VocabularyPage'),
})

const identity = createRoute({
  getParentRoute: () => workspace,
  path: '/identity',
  staticData: { crumb: 'page.identity' },
  component: lazyPage(() => import('../identity/identity-page.tsx'), 'IdentityPage'),
})

const privacy = createRoute({
  getParentRoute: () => workspace,
  path: '/privacy',
  staticData: { crumb: 'page.privacy' },
  component: lazyPage(() => import('../privacy/privacy-page.tsx'), 'PrivacyPage'),
})

const settings = createRoute({
  getParentRoute: () => workspace,
  path: '/settings',
  staticData: { crumb: 'page.settings' },
  component: lazyPage(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
})

/** Who the customers are, where their events come from, and what rules over both. */
export const dataPages = [
  profiles.addChildren([profileList, profile]),
  objects.addChildren([objectList, objectKinds, object]),
  accounts.addChildren([accountList, account]),
  segments.addChildren([segmentList, segment]),
  research.addChildren([researchList, study, note]),
  sources,
  catalogue,
  quality,
  sentLinks,
  vocabulary,
  identity,
  privacy,
  settings,
] as const

import type { Dashboard, Tile } from '../api/dashboard.ts'
import type { Report } from '../api/model.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import type { Text } from '../i18n/use-text.ts'

/** A question that can be asked of any workspace, as a card. */
export type ReadyCard = { readonly key: string; readonly tile: Omit<Tile, 'id'> }

export type Template = { readonly key: 'pulse' | 'journey' | 'loyalty'; readonly title: string; readonly note: string; readonly dashboard: Dashboard }

type Size = Pick<Tile, 'width' | 'height'>

/** Ready questions in the words of the workspace: those about its stages only where it has some. */
export function readyCards(text: Text, { stages = [], touchpoints = [] }: Vocabulary, zone: string): readonly ReadyCard[] {
  const [month, quarter] = [{ last: '30d', zone }, { last: '90d', zone }]
  const all = [{ name: text('dashboard.allEvents'), matcher: {} }]
  const card = (key: CardKey, size: Size, report: Report): ReadyCard => ({
    key,
    tile: { title: text(`dashboard.ready.${key}`), note: text(`dashboard.readyNote.${key}`), ...size, content: { report } },
  })
  const [first, last] = [stages[0], stages.at(-1)]
  const isStaged = first !== undefined && last !== undefined && stages.length > 1
  return [
    card('activity', { width: 8, height: 2 }, { kind: 'counts', range: month, every: 'day', series: all }),
    card('channels', { width: 4, height: 2 }, { kind: 'counts', range: month, every: 'range', series: all, breakdown: 'channel' }),
    card('lifecycle', { width: 8, height: 2 }, { kind: 'lifecycle', range: quarter, period: 'week' }),
    card('events', { width: 4, height: 2 }, { kind: 'counts', range: month, every: 'range' }),
    ...(touchpoints.length > 0 ? [card('touchpoints', { width: 4, height: 2 }, { kind: 'counts', range: month, every: 'range', series: all, breakdown: 'touchpoint' })] : []),
    ...(isStaged
      ? [
          card('stages', { width: 6, height: stages.length > 4 ? 4 : 3 }, { kind: 'funnel', range: month, steps: stages.map(({ name, entry }) => ({ name, matcher: entry })), window: { whole: '30d' } }),
          card('stay', { width: 6, height: stages.length > 4 ? 4 : 3 }, { kind: 'stage_time', range: month }),
          card('credit', { width: 12, height: 3 }, { kind: 'attribution', range: month, conversion: last.entry, models: ['first', 'last_non_direct', 'linear', 'shapley'] }),
        ]
      : []),
    card('ways', { width: 12, height: 4 }, { kind: 'paths', range: month, by: touchpoints.length > 0 ? 'touchpoint' : 'event', length_max: 5, collapse: true }),
    card('retention', { width: 6, height: 2 }, { kind: 'retention', range: quarter, start: first?.entry ?? {}, period: 'week', periods_count: 8 }),
    card('cohorts', { width: 12, height: 4 }, { kind: 'retention', range: quarter, start: first?.entry ?? {}, period: 'week', periods_count: 8 }),
    card('stickiness', { width: 4, height: 2 }, { kind: 'stickiness', range: quarter, period: 'week', unit: 'day' }),
  ]
}

type CardKey = 'activity' | 'channels' | 'lifecycle' | 'events' | 'touchpoints' | 'stages' | 'stay' | 'credit' | 'ways' | 'retention' | 'cohorts' | 'stickiness'

/** The cards of each template with their width, where it is not the usual one. */
const composed: Readonly<Record<Template['key'], readonly (readonly [CardKey, number?])[]>> = {
  pulse: [['activity'], ['channels'], ['lifecycle'], ['touchpoints', 4], ['events', 12]],
  journey: [['stages'], ['stay'], ['ways'], ['credit']],
  loyalty: [['cohorts'], ['lifecycle', 6], ['stickiness', 6]],
}

/** Dashboards to begin with. One about stages needs stages. */
export function templatesOf(text: Text, vocabulary: Vocabulary, zone: string): readonly Template[] {
  const ready = new Map(readyCards(text, vocabulary, zone).map((it) => [it.key, it.tile]))
  const keys = (['pulse', 'journey', 'loyalty'] as const).filter((it) => it !== 'journey' || ready.has('stages'))
  return keys.map((key) => {
    const tiles = composed[key].flatMap(([card, width]) => {
      const tile = ready.get(card)
      return tile === undefined ? [] : [width === undefined ? tile : { ...tile, width }]
    })
    const [title, note] = [text(`dashboard.templates.${key}`), text(`dashboard.templateNotes.${key}`)]
    return { key, title, note, dashboard: { title, description: note, tiles: tiles.map((tile, index) => ({ id: `tile-${index + 1}`, ...tile })) } }
  })
}

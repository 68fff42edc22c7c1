import type { components } from './schema.ts'

/** Shapes that the server's description does not have yet, written by hand and named as it will name them. */
export interface drafts {
  schemas: {
    DemoProgress: {
      readonly stage: string
      readonly rows: number
      readonly rows_total: number | null
      readonly seconds_left: number | null
    }
    Spread: { readonly n: number; readonly median_ms: number; readonly p90_ms: number }
    StepVisits: {
      readonly all: number
      readonly first: number
      readonly onward: number
      readonly exited: number
      readonly open: number
      readonly finished: number
    }
    ChannelShare: { readonly channel: components['schemas']['Channel']; readonly events: number; readonly share: number; readonly people: number }
    StepNumbers: {
      readonly step: string
      readonly people: number
      readonly share: number
      readonly from_previous: number
      readonly from_previous_share: number
      readonly goal: number
      readonly goal_share: number
      readonly returns: number
      readonly return_share: number
      readonly exits: number
      readonly exit_share: number
      readonly open: number
      readonly finished: number
      readonly entries: number
      readonly events: number
      readonly visits: drafts['schemas']['StepVisits']
      readonly reach: drafts['schemas']['Spread'] | null
      readonly leave: drafts['schemas']['Spread'] | null
      readonly channels: readonly drafts['schemas']['ChannelShare'][]
    }
    StageNumbers: { readonly stage: string; readonly people: number; readonly share: number }
    TransitionNumbers: {
      readonly from: string
      readonly to: string
      readonly kind: 'forward' | 'loop' | 'return'
      readonly visits: number
      readonly share: number
      readonly direct: number
      readonly people: number
      readonly median_ms: number
      readonly p90_ms: number
    }
    Unexplained: {
      readonly name: string
      readonly events: number
      readonly share: number
      readonly profiles: number
      readonly mostly_after: string | null
      readonly mostly_after_events: number
    }
    Coverage: {
      readonly events_on_map: number
      readonly events_share: number
      readonly people_whole: number
      readonly paths_share: number
      readonly unexplained: readonly drafts['schemas']['Unexplained'][]
      readonly unexplained_rest: number
    }
    MapNumbers: {
      readonly range: { readonly from: string; readonly to: string; readonly zone: string }
      readonly asked: string
      readonly taken: string
      readonly links: number
      readonly profiles: number
      readonly events: number
      readonly base: number
      readonly experiences: number
      readonly goal: number
      readonly stages: readonly drafts['schemas']['StageNumbers'][]
      readonly steps: readonly drafts['schemas']['StepNumbers'][]
      readonly transitions: readonly drafts['schemas']['TransitionNumbers'][]
      readonly coverage: drafts['schemas']['Coverage']
    }
    DiscoverySummary: {
      readonly range: { readonly from: string; readonly to: string }
      readonly links: number
      readonly profiles: number
      readonly goal_profiles: number
      readonly events: number
      readonly covered_events_share: number
      readonly names_total: number
      readonly steps: number
      readonly stages_from: 'vocabulary' | 'segmentation'
      readonly order_agreement: number
      readonly left_out: readonly { readonly name: string; readonly events: number; readonly profiles: number }[]
    }
    Discovery: { readonly map: components['schemas']['Map']; readonly summary: drafts['schemas']['DiscoverySummary'] }
    Format: 'csv' | 'lines' | 'segment' | 'parquet'
    EventSource: { readonly column: string } | { readonly constant: string }
    TimeColumn: { readonly column: string; readonly format?: string; readonly zone?: string }
    PropertyRules: {
      readonly rename?: { readonly [column: string]: string }
      readonly ignore?: readonly string[]
      readonly numbers?: readonly string[]
      readonly flags?: readonly string[]
      readonly spread?: readonly string[]
    }
    Mapping: {
      readonly format: drafts['schemas']['Format']
      readonly delimiter?: string | null
      readonly user?: string | null
      readonly anonymous?: string | null
      readonly event?: drafts['schemas']['EventSource'] | null
      readonly time?: drafts['schemas']['TimeColumn'] | null
      readonly channel?: drafts['schemas']['EventSource'] | null
      readonly message?: string | null
      readonly properties?: drafts['schemas']['PropertyRules']
    }
    FileColumn: { readonly name: string; readonly samples: readonly string[] }
    UploadedFile: {
      readonly file: string
      readonly name: string
      readonly bytes: number
      readonly columns: readonly drafts['schemas']['FileColumn'][]
      readonly mapping: drafts['schemas']['Mapping']
      readonly rows_estimate: number | null
    }
    PreviewRow: {
      readonly event: {
        readonly name: string
        readonly time: string
        readonly who: string
        readonly channel: components['schemas']['Channel']
        readonly properties: { readonly [name: string]: unknown }
      } | null
      readonly fault: string | null
    }
    Preview: { readonly rows: readonly drafts['schemas']['PreviewRow'][]; readonly faults_count: number }
    Import: {
      readonly id: number
      readonly name: string
      readonly kind: 'import' | 'dry_run'
      readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone'
      readonly rows: number
      readonly rows_total: number | null
      readonly rate: number
      readonly seconds_left: number | null
      readonly new: number
      readonly duplicate: number
      readonly faulty: number
      readonly by_event: readonly { readonly name: string; readonly count: number }[]
      readonly started: string
      readonly finished: string | null
      readonly error: string | null
    }
    Imports: { readonly imports: readonly drafts['schemas']['Import'][] }
    StoredMapping: { readonly id: string; readonly title: string; readonly mapping: drafts['schemas']['Mapping'] }
    Mappings: { readonly mappings: readonly drafts['schemas']['StoredMapping'][] }
    FunnelReply: {
      readonly range: { readonly from: string; readonly to: string }
      readonly zone: string
      readonly taken: string
      readonly links: number
      readonly rows: number
      readonly n: number
      readonly left_out: components['schemas']['LeftOut']
      readonly numbers: { readonly kind: 'funnel' } & components['schemas']['FunnelAnswer']
    }
  }
}

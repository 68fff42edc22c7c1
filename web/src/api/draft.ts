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

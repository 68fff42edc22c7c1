/** Shapes of the HTTP API, named as the server names them. */
export interface components {
  schemas: {
    Channel:
      | 'other'
      | 'web'
      | 'app'
      | 'email'
      | 'sms'
      | 'push'
      | 'whatsapp'
      | 'ads'
      | 'social'
      | 'store'
      | 'call'
      | 'chat'
      | 'delivery'
      | 'service'
      | 'review'
    EventKind: 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias'
    Role: 'viewer' | 'analyst' | 'editor' | 'publisher' | 'admin' | 'owner'

    Value: boolean | number | string
    Test:
      | { readonly exists: Record<string, never> }
      | { readonly missing: Record<string, never> }
      | { readonly is: readonly components['schemas']['Value'][] }
      | { readonly is_not: readonly components['schemas']['Value'][] }
      | { readonly contains: string }
      | { readonly lacks: string }
      | { readonly starts_with: string }
      | { readonly ends_with: string }
      | { readonly less: number }
      | { readonly at_most: number }
      | { readonly greater: number }
      | { readonly at_least: number }
    Rule:
      | { readonly all: readonly components['schemas']['Rule'][] }
      | { readonly any: readonly components['schemas']['Rule'][] }
      | { readonly not: components['schemas']['Rule'] }
      | { readonly where: { readonly field: string; readonly test: components['schemas']['Test'] } }
    Matcher: {
      readonly events?: readonly string[]
      readonly touchpoints?: readonly string[]
      readonly channels?: readonly components['schemas']['Channel'][]
      readonly rule?: components['schemas']['Rule'] | null
    }
    NamedMatcher: { readonly name: string; readonly matcher: components['schemas']['Matcher'] }
    Range: ({ readonly last: string } | { readonly between: { readonly from: string; readonly to: string } } | { readonly all: boolean }) & {
      readonly zone?: string
    }

    Report: { readonly kind: 'counts' | 'funnel' | 'transitions' | 'stage_time' | 'paths' } & Record<string, unknown>

    MapKind: 'current' | 'future' | 'day_in_the_life' | 'blueprint'
    LaneKind:
      | 'people'
      | 'time'
      | 'channels'
      | 'exits'
      | 'doing'
      | 'thinking'
      | 'feeling'
      | 'pain'
      | 'opportunity'
      | 'backstage'
    Step: { readonly id: string; readonly title: string; readonly matcher: components['schemas']['Matcher'] }
    Stage: { readonly id: string; readonly title: string; readonly steps: readonly components['schemas']['Step'][] }
    Lane: { readonly kind: components['schemas']['LaneKind']; readonly cells?: { readonly [step: string]: string } }
    Map: {
      readonly title: string
      readonly kind: components['schemas']['MapKind']
      readonly goal: components['schemas']['Matcher']
      readonly range: components['schemas']['Range']
      readonly filter?: components['schemas']['Rule'] | null
      readonly pause_max?: string | null
      readonly stages: readonly components['schemas']['Stage'][]
      readonly lanes?: readonly components['schemas']['Lane'][]
    }

    ChannelRule: { readonly channel: components['schemas']['Channel']; readonly matcher: components['schemas']['Matcher'] }
    Touchpoint: { readonly id: string; readonly name: string; readonly matcher: components['schemas']['Matcher'] }
    StageRule: { readonly id: string; readonly name: string; readonly entry: components['schemas']['Matcher'] }
    Vocabulary: {
      readonly channels?: readonly components['schemas']['ChannelRule'][]
      readonly touchpoints?: readonly components['schemas']['Touchpoint'][]
      readonly stages?: readonly components['schemas']['StageRule'][]
    }

    Fault: { readonly place: string; readonly message: string }
    ErrorBody: {
      readonly error: { readonly code: string; readonly message: string; readonly faults?: readonly components['schemas']['Fault'][] }
    }

    SessionMember: {
      readonly id: string
      readonly email: string
      readonly name: string
      readonly role: components['schemas']['Role']
      readonly locale: string | null
      readonly has_password?: boolean
    }
    SessionWorkspace: {
      readonly id: string
      readonly name: string
      readonly zone: string
      readonly demo: boolean
      readonly role: components['schemas']['Role']
    }
    Session: {
      readonly member: components['schemas']['SessionMember']
      readonly workspaces: readonly components['schemas']['SessionWorkspace'][]
      readonly version: string
    }

    DayCount: { readonly day: string; readonly events: number; readonly profiles: number }
    ChannelCount: { readonly channel: components['schemas']['Channel']; readonly events: number; readonly profiles: number }
    TopEvent: { readonly name: string; readonly events: number; readonly profiles: number; readonly change: number | null }
    Change: {
      readonly kind: 'event_up' | 'event_down' | 'new_event' | 'silent_event' | 'stage_share'
      readonly subject: string
      readonly now: number
      readonly before: number
      readonly change: number | null
      readonly interval: readonly [number, number] | null
    }
    NextStep: {
      readonly kind: 'connect' | 'import' | 'name_touchpoints' | 'discover_map' | 'review_quarantine' | 'invite'
      readonly done: boolean
    }
    Overview: {
      readonly events_count: number
      readonly profiles_count: number
      readonly known_profiles_count: number
      readonly first_event: string | null
      readonly last_event: string | null
      readonly days: readonly components['schemas']['DayCount'][]
      readonly channels: readonly components['schemas']['ChannelCount'][]
      readonly top_events: readonly components['schemas']['TopEvent'][]
      readonly changes: readonly components['schemas']['Change'][]
      readonly health: {
        readonly quarantined_24h: number
        readonly duplicates_24h: number
        readonly late_share: number
        readonly lag_ms: number
      }
      readonly next: readonly components['schemas']['NextStep'][]
      readonly links: number
      readonly taken: string
    }

    LiveEvent: {
      readonly seq: string
      readonly time: string
      readonly received: string
      readonly name: string
      readonly kind: components['schemas']['EventKind']
      readonly channel: components['schemas']['Channel']
      readonly touchpoint: string | null
      readonly profile: string
      readonly label: string
      readonly verdict: 'stored' | 'duplicate' | 'quarantined'
      readonly reason: string | null
      readonly properties: { readonly [name: string]: unknown }
      readonly context: { readonly [name: string]: unknown }
    }
    LiveEvents: { readonly events: readonly components['schemas']['LiveEvent'][] }
    Tick: { readonly events_count: number; readonly links: number; readonly position: number; readonly at: string }
    DemoProgress: {
      readonly stage: string
      readonly rows: number
      readonly rows_total: number | null
      readonly seconds_left: number | null
    }

    CatalogEvent: {
      readonly name: string
      readonly events: number
      readonly profiles: number
      readonly first: string
      readonly last: string
      readonly channel: components['schemas']['Channel']
      readonly touchpoint: string | null
      readonly stage: string | null
      readonly system: boolean
    }
    Catalog: { readonly names: readonly components['schemas']['CatalogEvent'][] }
    FieldUse: { readonly field: string; readonly share: number; readonly types: readonly ('text' | 'number' | 'flag')[] }
    Fields: { readonly fields: readonly components['schemas']['FieldUse'][] }
    FieldValues: { readonly values: readonly { readonly value: components['schemas']['Value']; readonly events: number }[] }

    Subject:
      | { readonly report: components['schemas']['Report'] }
      | { readonly map: string }
      | { readonly draft: components['schemas']['Map'] }
    PeopleQuery: {
      readonly of: components['schemas']['Subject']
      readonly select: unknown
      readonly limit: number
      readonly after: string | null
    }
    ProfileLine: {
      readonly id: string
      readonly label: string
      readonly known: boolean
      readonly first: string
      readonly last: string
      readonly events_count: number
      readonly stage: string | null
      readonly channels: readonly components['schemas']['Channel'][]
    }
    People: {
      readonly total: number
      readonly profiles: readonly components['schemas']['ProfileLine'][]
      readonly next: string | null
    }
    FoundProfiles: { readonly profiles: readonly components['schemas']['ProfileLine'][] }
    Profile: {
      readonly id: string
      readonly label: string
      readonly identifiers: readonly { readonly kind: 'user' | 'anonymous'; readonly value: string; readonly first: string }[]
      readonly traits: readonly {
        readonly name: string
        readonly value: unknown
        readonly time: string
        readonly source: string
      }[]
      readonly stage: { readonly id: string; readonly name: string; readonly since: string } | null
      readonly first: string
      readonly last: string
      readonly events_count: number
      readonly channels: readonly { readonly channel: components['schemas']['Channel']; readonly events: number }[]
    }
    ProfileEvent: {
      readonly seq: string
      readonly time: string
      readonly name: string
      readonly kind: components['schemas']['EventKind']
      readonly channel: components['schemas']['Channel']
      readonly touchpoint: string | null
      readonly stage: string | null
      readonly properties: { readonly [name: string]: unknown }
      readonly context: { readonly [name: string]: unknown }
      readonly source: string
    }
    ProfileEvents: { readonly events: readonly components['schemas']['ProfileEvent'][]; readonly next: string | null }

    MapHead: {
      readonly id: string
      readonly title: string
      readonly kind: components['schemas']['MapKind']
      readonly steps_count: number
      readonly updated: string
      readonly goal: components['schemas']['Matcher']
    }
    Maps: { readonly maps: readonly components['schemas']['MapHead'][] }
    MadeId: { readonly id: string }
    ChangedVersion: { readonly version: number }
    StoredMap: {
      readonly id: string
      readonly version: number
      readonly map: components['schemas']['Map']
      readonly updated: string
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
      readonly visits: components['schemas']['StepVisits']
      readonly reach: components['schemas']['Spread'] | null
      readonly leave: components['schemas']['Spread'] | null
      readonly channels: readonly components['schemas']['ChannelShare'][]
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
      readonly unexplained: readonly components['schemas']['Unexplained'][]
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
      readonly stages: readonly components['schemas']['StageNumbers'][]
      readonly steps: readonly components['schemas']['StepNumbers'][]
      readonly transitions: readonly components['schemas']['TransitionNumbers'][]
      readonly coverage: components['schemas']['Coverage']
    }
    Discovery: {
      readonly map: components['schemas']['Map']
      readonly summary: {
        readonly profiles: number
        readonly events: number
        readonly names_total: number
        readonly steps: number
        readonly covered_events_share: number
      }
    }

    Key: {
      readonly id: number
      readonly name: string
      readonly prefix: string
      readonly created: string
      readonly last_used: string | null
    }
    Keys: { readonly keys: readonly components['schemas']['Key'][] }
    MadeKey: { readonly id: number; readonly key: string }

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
      readonly format: components['schemas']['Format']
      readonly delimiter?: string | null
      readonly user?: string | null
      readonly anonymous?: string | null
      readonly event?: components['schemas']['EventSource'] | null
      readonly time?: components['schemas']['TimeColumn'] | null
      readonly channel?: components['schemas']['EventSource'] | null
      readonly message?: string | null
      readonly properties?: components['schemas']['PropertyRules']
    }
    FileColumn: { readonly name: string; readonly samples: readonly string[] }
    UploadedFile: {
      readonly file: string
      readonly name: string
      readonly bytes: number
      readonly columns: readonly components['schemas']['FileColumn'][]
      readonly mapping: components['schemas']['Mapping']
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
    Preview: { readonly rows: readonly components['schemas']['PreviewRow'][]; readonly faults_count: number }
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
    Imports: { readonly imports: readonly components['schemas']['Import'][] }
    StoredMapping: { readonly id: string; readonly title: string; readonly mapping: components['schemas']['Mapping'] }
    Mappings: { readonly mappings: readonly components['schemas']['StoredMapping'][] }

    ReasonCount: { readonly reason: string; readonly count: number }
    QuarantineEntry: {
      readonly id: string
      readonly received: string
      readonly reason: string
      readonly message: string
      readonly raw: string
      readonly source: string
    }
    Quarantine: {
      readonly total: number
      readonly by_reason: readonly components['schemas']['ReasonCount'][]
      readonly entries: readonly components['schemas']['QuarantineEntry'][]
      readonly next: string | null
    }

    Grant: { readonly id: string; readonly role: components['schemas']['Role'] }
    Colleague: {
      readonly id: string
      readonly email: string
      readonly name: string
      readonly owner: boolean
      readonly joined: boolean
      readonly created: string
      readonly seen: string | null
      readonly workspaces: readonly components['schemas']['Grant'][]
    }
    Members: { readonly members: readonly components['schemas']['Colleague'][] }
    Invited: { readonly id: string; readonly link: string | null }
    AuditLine: {
      readonly position: number
      readonly at: string
      readonly actor: string
      readonly address: string | null
      readonly action: string
      readonly workspace: string | null
      readonly subject: string | null
    }
    AuditPage: { readonly entries: readonly components['schemas']['AuditLine'][]; readonly next: number | null }

    Covered: { readonly id: string; readonly events: number; readonly profiles: number }
    VocabularyCoverage: {
      readonly events: number
      readonly events_share_with_touchpoint: number | null
      readonly events_share_with_stage: number | null
      readonly touchpoints: readonly components['schemas']['Covered'][]
      readonly stages: readonly components['schemas']['Covered'][]
    }
    VocabularyCheck: {
      readonly faults: readonly components['schemas']['Fault'][]
      readonly coverage: components['schemas']['VocabularyCoverage'] | null
    }

    FunnelStep: { readonly name: string; readonly matcher: components['schemas']['Matcher']; readonly optional?: boolean }
    Funnel: {
      readonly range: components['schemas']['Range']
      readonly steps: readonly components['schemas']['FunnelStep'][]
      readonly order?: 'ordered' | 'strict' | 'any'
      readonly window?: 'unlimited' | { readonly whole: string } | { readonly each: string }
      readonly entry?: 'first' | 'best' | 'every'
      readonly unit?: 'profile' | 'attempt' | { readonly session: string } | { readonly group: string }
      readonly ties?: 'any_order' | 'later' | { readonly grace: string }
      readonly reuse?: boolean
      readonly exclusions?: readonly components['schemas']['Exclusion'][]
      readonly hold?: readonly string[]
      readonly breakdown?: components['schemas']['Breakdown'] | null
      readonly filter?: components['schemas']['Filter'] | null
    }
    Exclusion: {
      readonly matcher: components['schemas']['Matcher']
      readonly after: number
      readonly before: number
      readonly effect?: 'spoil_attempt' | 'stop_there' | 'drop_unit'
    }
    Breakdown: { readonly field: string; readonly attribution?: 'entry' | 'last' | { readonly step: number } }
    Filter: { readonly rule: components['schemas']['Rule']; readonly when?: 'before' | 'after' }
    Label: 'not_set' | 'rest' | { readonly value: components['schemas']['Value'] }
    Interval: { readonly low: number; readonly high: number }
    Share: { readonly part: number; readonly whole: number; readonly interval?: components['schemas']['Interval'] | null }
    Lengths: { readonly median_ms: number; readonly p90_ms: number }
    Tally: { readonly units: number; readonly profiles: number }
    FunnelStepAnswer: {
      readonly name: string
      readonly is_optional: boolean
      readonly units: number
      readonly profiles: number
      readonly interval?: components['schemas']['Interval'] | null
      readonly lost: components['schemas']['Tally']
      readonly immature: components['schemas']['Tally']
      readonly to_reach?: components['schemas']['Lengths'] | null
    }
    FunnelLine: { readonly label: components['schemas']['Label']; readonly steps: readonly number[]; readonly converted: components['schemas']['Share'] }
    FunnelPoint: { readonly from: string; readonly to: string; readonly is_partial: boolean; readonly steps: readonly number[]; readonly immature: number }
    FunnelAnswer: {
      readonly steps: readonly components['schemas']['FunnelStepAnswer'][]
      readonly converted: components['schemas']['Share']
      readonly to_convert?: components['schemas']['Lengths'] | null
      readonly lines: readonly components['schemas']['FunnelLine'][]
      readonly trend: readonly components['schemas']['FunnelPoint'][]
    }
    LeftOut: { readonly immature: number; readonly capped: number; readonly excluded: number; readonly ungrouped: number }
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

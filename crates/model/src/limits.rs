//! Every limit of the product by name. Anything that can wait, retry, queue or grow has one.

use std::time::Duration;

use crate::{Span, Timestamp};

/// Characters in an event name.
pub const EVENT_NAME_CHARS_MAX: usize = 200;
/// Different event names in one workspace; codes are 16 bits wide and one is kept free.
pub const EVENT_NAMES_MAX: usize = 65_000;
/// Characters in an identifier's value.
pub const IDENTIFIER_CHARS_MAX: usize = 500;
/// Of each person on a device, the first sign-in of every such span is kept.
pub const SIGN_IN_SLOT: Span = Span::minutes(5);
/// The shortest gap after which a shared device is nobody's: shorter ones cannot be told.
pub const SHARED_GAP_MINUTES_MIN: u32 = 10;
/// Turns of shared devices that are shown of one profile.
pub const TURNS_SHOWN_MAX: usize = 200;
/// Identifiers of one stronger type that one may be seen with before it is suspended, unless the
/// policy of the workspace says otherwise.
pub const IDENTIFIER_OWNERS_MAX: u32 = 10;
/// Identifiers that one event can name.
pub const EVENT_IDENTIFIERS_MAX: usize = 20;
/// Traits of which a policy says what value stays.
pub const IDENTITY_TRAIT_RULES_MAX: usize = 100;
/// Lines of the link log that are shown of one profile.
pub const IDENTITY_LINKS_SHOWN_MAX: usize = 500;
/// Moments of the link log that are told at once, evenly spread over its lines.
pub const LINK_MOMENTS_SHOWN_MAX: usize = 200;
/// Identifiers that are shown of one profile.
pub const IDENTITY_SHOWN_MAX: usize = 500;
/// Suspended identifiers that are listed.
pub const IDENTITY_SUSPENDED_SHOWN_MAX: usize = 200;
/// Profiles that a preview of a policy shows as samples of each sort.
pub const IDENTITY_SAMPLES_MAX: usize = 10;
/// Profiles that are compared to find who is probably one person; of more, the newest.
pub const LIKENESS_PROFILES_MAX: usize = 200_000;
/// Profiles that share one value and are compared with each other.
pub const LIKENESS_GROUP_MAX: usize = 50;
/// Pairs of profiles that are weighed.
pub const LIKENESS_PAIRS_MAX: usize = 200_000;
/// Characters before the `@` of an e-mail that is compared with others nearly alike.
pub const LIKENESS_LOCAL_CHARS_MAX: usize = 64;
/// Suggestions that are listed, and dismissed ones.
pub const SUGGESTIONS_SHOWN_MAX: usize = 200;
/// Characters of a reason that a member gives.
pub const REASON_CHARS_MAX: usize = 500;
/// Characters in a message id.
pub const MESSAGE_ID_CHARS_MAX: usize = 100;

/// Bytes of a request body as it arrives.
pub const BODY_BYTES_MAX: usize = 4 << 20;
/// Bytes of a request body after decompression.
pub const BODY_INFLATED_BYTES_MAX: usize = 20 << 20;
/// How many times larger a body may become by decompression.
pub const BODY_INFLATE_RATIO_MAX: usize = 100;
/// Bytes of bodies that are received at the same time and wait to be decoded.
pub const BODIES_BYTES_MAX: usize = 256 << 20;
/// Bytes that are read of a body that was refused already, so that its sender hears why.
pub const BODY_DISCARDED_BYTES_MAX: usize = 64 << 20;
/// How long a body may take to arrive.
pub const BODY_WAIT_MAX: Duration = Duration::from_secs(120);
/// Large bodies that are decoded at the same time; others wait.
pub const BODIES_DECODED_MAX: usize = 4;
/// Bytes of one event.
pub const EVENT_BYTES_MAX: usize = 32 << 10;
/// Events in one batch.
pub const BATCH_EVENTS_MAX: usize = 2_500;
/// Levels of nesting in an event.
pub const JSON_DEPTH_MAX: usize = 32;
/// Keys in one event, over all levels.
pub const JSON_KEYS_MAX: usize = 512;

/// The earliest instant that is believed; before it the clock was never set.
pub const EVENT_TIME_MIN: Timestamp = Timestamp(31_536_000_000);
/// How far ahead of the server's clock an event may lie before it is held back.
pub const EVENT_AHEAD_MAX: Span = Span::hours(24);
/// Bytes that are kept of an event in quarantine: all of one that could be read, written anew.
pub const QUARANTINE_RAW_BYTES_MAX: usize = EVENT_BYTES_MAX + (4 << 10);
/// Messages that came again of which is known how often, for those who ask what became of one.
pub const REPEATS_KEPT: usize = 100_000;
/// How long a message id is remembered exactly.
pub const DUPLICATE_WINDOW: Span = Span::hours(72);

/// Bytes of a segment file of the raw log, after which the next one is begun.
pub const LOG_SEGMENT_BYTES: u64 = 128 << 20;
/// Bytes of one record of the raw log.
pub const LOG_RECORD_BYTES_MAX: usize = 24 << 20;
/// Records that wait to be written to the raw log.
pub const LOG_QUEUE_RECORDS_MAX: usize = 65_536;
/// Bytes that wait to be written to the raw log, with what was decoded from them.
pub const LOG_QUEUE_BYTES_MAX: usize = 96 << 20;
/// Bytes of one commit group of the raw log, unless a single record is larger.
pub const LOG_GROUP_BYTES_MAX: usize = 8 << 20;
/// How long a commit of the raw log waits for producers that were busy a moment ago.
pub const LOG_GROUP_DELAY: Duration = Duration::from_millis(2);
/// How long the raw log is idle before it notes on disk that its last group was durable.
pub const LOG_MARK_DELAY: Duration = Duration::from_millis(50);
/// Bytes of committed records kept in memory for readers that keep up.
pub const LOG_RECENT_BYTES_MAX: usize = 32 << 20;
/// Free bytes of the disk that the raw log leaves to others, such as the state tables.
pub const LOG_RESERVE_BYTES: u64 = 256 << 20;
/// How long a full disk is left alone before it is looked at again.
pub const LOG_SPACE_CHECK: Duration = Duration::from_secs(1);
/// When a client whose event met a full disk should come back.
pub const LOG_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Columns of an imported file.
pub const IMPORT_COLUMNS_MAX: usize = 500;
/// Bytes of one row of an imported file.
pub const IMPORT_ROW_BYTES_MAX: usize = 1 << 20;
/// Bytes of a log in JSON that is read as a whole; in XML it may be of any size.
pub const IMPORT_OCEL_BYTES_MAX: u64 = 256 << 20;
/// Bytes that the objects of an imported log take, as their ids are kept while it is read.
pub const IMPORT_OBJECTS_BYTES_MAX: usize = 512 << 20;
/// Rows of an imported file without a message id; each costs 9 to 18 bytes of memory.
pub const IMPORT_ROWS_WITHOUT_ID_MAX: u64 = 50_000_000;

/// Steps in a funnel.
pub const FUNNEL_STEPS_MAX: usize = 20;
/// Exclusions of a funnel; steps and exclusions share 32 bits.
pub const FUNNEL_EXCLUSIONS_MAX: usize = 12;
/// Properties held constant in a funnel.
pub const FUNNEL_HOLDS_MAX: usize = 3;
/// Values of a breakdown that are listed; the rest is shown as one honest rest.
pub const BREAKDOWN_VALUES_MAX: usize = 100;
/// Ways of giving credit that one report of attribution compares.
pub const CREDIT_MODELS_MAX: usize = 20;
/// Latest touches of a path that can be credited.
pub const PATH_TOUCHES_MAX: usize = 1_000;
/// Different paths that a report of attribution keeps.
pub const CREDIT_PATHS_MAX: usize = 1_000_000;
/// States of a Markov chain that credit is taken from.
pub const MARKOV_STATES_MAX: usize = 5_000;
/// Columns of a retention: periods, or brackets of them; each is a bit of 128.
pub const RETENTION_COLUMNS_MAX: u32 = 120;
/// The last period that a bracket may reach.
pub const RETENTION_LAST_PERIOD_MAX: u32 = 1_100;
/// Cohorts of a retention.
pub const RETENTION_COHORTS_MAX: usize = 400;
/// Counters of a retention's triangles by value; values beyond them are told without their cohorts.
pub const RETENTION_TRIANGLES_COUNTERS_MAX: usize = 50_000;
/// Points of a series.
pub const SERIES_POINTS_MAX: usize = 10_000;
/// Bytes of memory for what rules say about the rows of runs.
pub const RULE_CACHE_BYTES_MAX: usize = 128 << 20;
/// Nesting of a rule.
pub const RULE_DEPTH_MAX: usize = 16;
/// Conditions in one rule.
pub const RULE_CONDITIONS_MAX: usize = 200;
/// Values listed in one condition.
pub const RULE_VALUES_MAX: usize = 10_000;
/// Nesting of a rule about people.
pub const PEOPLE_RULE_DEPTH_MAX: usize = 16;
/// Conditions in one rule about people.
pub const PEOPLE_CONDITIONS_MAX: usize = 50;
/// Profiles that a rule lists one by one.
pub const PEOPLE_LISTED_MAX: usize = 50_000;
/// Conditions of a rule about people with those of the segments that it names.
pub const PEOPLE_CONDITIONS_EXPANDED_MAX: usize = 300;
/// Segments that name one another in a row.
pub const SEGMENT_CHAIN_MAX: usize = 10;
/// Segments of one workspace; the membership of each is kept up to date.
pub const SEGMENTS_MAX: usize = 100;
/// Comings and goings of all segments that are listed one by one; older ones are only counted by the day.
pub const SEGMENT_MOVES_KEPT_MAX: usize = 2_000_000;
/// Profiles that something happened to between two looks at segments; beyond it everybody is looked at.
pub const SEGMENT_TOUCHED_MAX: usize = 200_000;
/// Profiles of a segment that is a list.
pub const SEGMENT_LISTED_MAX: usize = 200_000;
/// Elements of sites that are listed to be named, the most used ones.
pub const ELEMENTS_LISTED_MAX: usize = 500;
/// Steps that are one axis of a heatmap.
pub const HEAT_PLACES_MAX: usize = 100;
/// Segments whose overlap is asked for at once.
pub const OVERLAP_SEGMENTS_MAX: usize = 20;
/// Purposes that consent is asked for.
pub const CONSENT_PURPOSES_MAX: usize = 30;
/// Words by which events may call one purpose.
pub const CONSENT_KEYS_MAX: usize = 50;
/// Characters of such a word, and of the name of a purpose.
pub const CONSENT_KEY_CHARS_MAX: usize = 100;
/// Characters that are kept of the version of a text, and of the address of a proof.
pub const CONSENT_PROOF_CHARS_MAX: usize = 300;
/// Names of properties that are never masked.
pub const MASK_ALLOWED_MAX: usize = 200;
/// Statements of one event; more are left out.
pub const CONSENTS_PER_EVENT_MAX: usize = 50;
/// Characters in the name of a trait.
pub const TRAIT_NAME_CHARS_MAX: usize = 200;
/// Operations on one trait of one identifier that are kept from each source: the newest. Of older
/// ones, numbers are added up and changes of lists are forgotten.
pub const TRAIT_OPERATIONS_MAX: usize = 500;
/// Items of a list that operations make; past it, those at the other end go.
pub const TRAIT_LIST_ITEMS_MAX: usize = 1_000;
/// Bytes of its items.
pub const TRAIT_LIST_BYTES_MAX: usize = 32 << 10;
/// Bytes that one operation puts into a list or takes out of it; a larger one is left out.
pub const TRAIT_OPERAND_BYTES_MAX: usize = 4 << 10;
/// The largest number that is added, and that a sum is shown as.
pub const TRAIT_NUMBER_MAX: i128 = 1_000_000_000_000_000_000;
/// Traits of which every profile's value is kept in memory, as rules ask for them.
pub const TRAIT_COLUMNS_MAX: usize = 16;
/// Touchpoints, stage rules and channel rules of a vocabulary, each.
pub const VOCABULARY_RULES_MAX: usize = 500;
/// Characters of what is said of an event or a property.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Events of which something is said.
pub const EVENT_NOTES_MAX: usize = 5_000;
/// Properties of which something is said.
pub const PROPERTY_NOTES_MAX: usize = 5_000;
/// Rules on names of a workspace.
pub const NAME_RULES_MAX: usize = 500;
/// Events of a tracking plan.
pub const PLAN_EVENTS_MAX: usize = 1_000;
/// Properties of one event of a tracking plan.
pub const PLAN_PROPERTIES_MAX: usize = 200;
/// Values that a tracking plan lists for one property.
pub const PLAN_VALUES_MAX: usize = 100;
/// Bytes that are told of the path of a property that breaks the plan.
pub const PLAN_PATH_BYTES_MAX: usize = 200;
/// Violations of the tracking plan that are told of one event.
pub const VIOLATIONS_PER_EVENT_MAX: usize = 20;
/// Different violations of a tracking plan that are counted; others are counted together.
pub const VIOLATIONS_MAX: usize = 2_000;
/// Events in quarantine that are released at once.
pub const RELEASE_EVENTS_MAX: usize = 500;
/// Stages of a vocabulary; a stage code is 8 bits wide.
pub const STAGES_MAX: usize = 60;
/// Steps of one report of waiting and work.
pub const WORK_STEPS_MAX: usize = 20;
/// Steps of a map.
pub const MAP_STEPS_MAX: usize = 200;
/// Steps of a map that is drawn from the log.
pub const DISCOVERED_STEPS_MAX: usize = 40;
/// Who was silent for longer has left a map that says nothing about pauses.
pub const MAP_SILENCE: Span = Span::days(14);
/// Names of unexplained events that a map lists.
pub const MAP_UNEXPLAINED_MAX: usize = 20;

/// Connections to one database that are kept open while nobody reads.
pub const STATE_READERS_IDLE_MAX: usize = 8;
/// Held back events that are kept in full, per reason; older ones are only counted.
pub const QUARANTINE_KEPT_PER_REASON_MAX: usize = 2_000;

/// Characters of a password, before it costs anything to hash.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Characters of a password at least.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Passwords that are hashed at the same time.
pub const PASSWORD_HASHES_MAX: usize = 2;
/// Requests that wait for a password to be hashed; more are sent away.
pub const PASSWORD_WAITING_MAX: usize = 32;
/// Failed sign-ins of one account from one address before it has to wait.
pub const SIGN_IN_FAILURES_MAX: u32 = 5;
/// Failed sign-ins from one address, over all accounts, before it has to wait.
pub const SIGN_IN_FAILURES_OF_ADDRESS_MAX: u32 = 50;
/// How long failed sign-ins count.
pub const SIGN_IN_WINDOW: Span = Span::minutes(15);
/// Accounts and addresses whose failures are remembered; the oldest are forgotten first.
pub const SIGN_IN_REMEMBERED_MAX: usize = 10_000;
/// How long a session lives without a request.
pub const SESSION_IDLE_MAX: Span = Span::days(3);
/// How long a session lives at all.
pub const SESSION_AGE_MAX: Span = Span::days(30);
/// Sessions of one member; the oldest ends when another begins.
pub const SESSIONS_MAX: usize = 20;
/// How long the link of the first start can be used.
pub const SETUP_LINK_AGE_MAX: Span = Span::hours(24);
/// How long a link to join can be used.
pub const JOIN_LINK_AGE_MAX: Span = Span::days(7);
/// Members of one installation.
pub const MEMBERS_MAX: usize = 10_000;
/// Workspaces of one installation.
pub const WORKSPACES_MAX: usize = 200;
/// Write keys of one workspace.
pub const KEYS_MAX: usize = 100;
/// Webhooks of one workspace.
pub const HOOKS_MAX: usize = 50;
/// Characters of the secret that another product signs with.
pub const HOOK_SECRET_CHARS_MAX: usize = 1_000;
/// Arrivals of one webhook that are remembered to be looked at.
pub const HOOK_ARRIVALS_KEPT: usize = 20;
/// Bytes of an arrival that are remembered to be looked at.
pub const HOOK_SAMPLE_BYTES_MAX: usize = 16 << 10;
/// Characters of a name that a person gives: a member, a workspace, a key.
pub const NAME_CHARS_MAX: usize = 100;
/// Bytes of the body of a call to our own API.
pub const API_BODY_BYTES_MAX: usize = 1 << 20;
/// Connections that are served at the same time.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Questions that wait until others are answered; more are sent away.
pub const QUESTIONS_WAITING_MAX: usize = 256;
/// How old an answer may be that is given again without a new count.
pub const ANSWER_AGE_MAX: Span = Span::seconds(30);
/// Bytes of answers that are kept to be given again.
pub const ANSWERS_BYTES_MAX: usize = 64 << 20;
/// What the page of real time looks back on.
pub const NOW_SPAN: Span = Span::minutes(30);
/// The part of it that is shown second by second.
pub const NOW_SECONDS_SPAN: Span = Span::minutes(3);
/// How old the numbers of real time may be; however many watch, they are counted no more often.
pub const NOW_AGE_MAX: Span = Span::seconds(2);
/// Lines of one split of real time.
pub const NOW_LINES_MAX: usize = 20;
/// Ways that one report of paths lists.
pub const PATHS_LISTED_MAX: usize = 10_000;
/// Rows of the short form of an answer.
pub const DIGEST_ROWS_MAX: usize = 12;
/// Tiles of a dashboard.
pub const TILES_MAX: usize = 40;
/// Characters of a text on a dashboard.
pub const TILE_TEXT_CHARS_MAX: usize = 4_000;
/// Links to dashboards and reports of one workspace that are open at the same time.
pub const SHARES_MAX: usize = 500;
/// Calls to shared links from one address in a minute.
pub const SHARED_CALLS_MAX: u32 = 240;
/// Addresses whose calls to shared links are counted at the same time.
pub const SHARED_ADDRESSES_MAX: usize = 10_000;
/// Addresses that one schedule sends to.
pub const SCHEDULE_ADDRESSES_MAX: usize = 50;
/// Characters of an address on the web.
pub const URL_CHARS_MAX: usize = 2_000;
/// Schedules of one workspace.
pub const SCHEDULES_MAX: usize = 200;
/// Tries of one delivery.
pub const DELIVERY_TRIES_MAX: u32 = 5;
/// How long after the first failed try the second follows; each later one waits four times as long.
pub const DELIVERY_RETRY_AFTER: Span = Span::minutes(1);
/// How late a delivery may be and still be made; what is older was missed.
pub const DELIVERY_LATE_MAX: Span = Span::hours(6);
/// Deliveries that a schedule remembers.
pub const DELIVERIES_KEPT: usize = 20;
/// Deliveries that are made at the same time.
pub const DELIVERIES_AT_ONCE_MAX: usize = 4;
/// Bytes of an answer from outside that are read.
pub const OUTGOING_ANSWER_BYTES_MAX: usize = 64 << 10;
/// Bytes of a body that is sent outside.
pub const OUTGOING_BODY_BYTES_MAX: usize = 4 << 20;
/// How long looking up a name and connecting may take together.
pub const OUTGOING_CONNECT_MAX: Duration = Duration::from_secs(10);
/// How long a call to the outside may take in all.
pub const OUTGOING_CALL_MAX: Duration = Duration::from_secs(30);
/// Profiles in one file; a longer list is cut, and the file says so.
pub const PEOPLE_EXPORT_MAX: usize = 50_000;
/// Traits that have a column of their own in such a file; the others share one.
pub const EXPORT_TRAITS_MAX: usize = 200;
/// Characters that say what a saved report is for.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Bytes of what a page keeps with a saved report.
pub const REPORT_PAGE_BYTES_MAX: usize = 64 << 10;
/// Documents of one kind in a workspace.
pub const DOCUMENTS_MAX: usize = 1_000;
/// Open streams of one workspace.
pub const STREAMS_MAX: usize = 200;
/// News that a slow reader of a stream may be behind; it misses what is older.
pub const STREAM_NEWS_MAX: usize = 256;
/// Profiles in one page of a list.
pub const PROFILES_PAGE_MAX: usize = 500;
/// Events in one page of a profile's timeline.
pub const PROFILE_EVENTS_PAGE_MAX: usize = 500;
/// Latest events of a workspace that are kept to be shown as they came.
pub const LIVE_EVENTS_KEPT: usize = 500;

/// A scalar is promoted to a column when one in so many rows of a sample has it.
pub const PROMOTED_ONE_IN: u32 = 200;
/// Rows of the sample from which the columns of a part are chosen.
pub const PROMOTED_SAMPLE_ROWS: usize = 4_096;
/// Columns of a part that are made from properties.
pub const PROMOTED_PROPERTIES_MAX: usize = 48;
/// Columns of a part that are made from the context.
pub const PROMOTED_CONTEXT_MAX: usize = 32;
/// Rows in one row group of a part.
pub const ROW_GROUP_ROWS: usize = 1 << 19;
/// Rows in one page of a part: what has to be decoded to read one event.
pub const PAGE_ROWS: usize = 1 << 13;

/// Events that wait in memory before they are sealed into a part.
pub const TAIL_ROWS_MAX: usize = 1 << 18;
/// Rows of one part.
pub const PART_ROWS_MAX: usize = 8 << 20;
/// Sets of parts of about one size that are merged at once.
pub const MERGE_SETS_MIN: usize = 4;
/// Parts of a workspace, beyond which they are merged even while events pour in.
pub const PARTS_WHILE_POURING_MAX: usize = 64;
/// A set of parts is rewritten when more than one in so many of its rows lies in side runs.
pub const MOVED_ONE_IN: u64 = 10;
/// Bytes of columns that are kept after they were read from parts.
pub const VALUES_CACHE_BYTES_MAX: usize = 256 << 20;

/// Records that are accepted and wait to be applied; beyond it nothing more is accepted.
pub const APPLY_WAITING_RECORDS_MAX: u64 = 200_000;
/// Rows of a file that are one record of the raw log.
pub const IMPORT_CHUNK_ROWS_MAX: u32 = 32_768;
/// Bytes of one file that is imported.
pub const IMPORT_FILE_BYTES_MAX: u64 = 64 << 30;
/// Rows of an imported file that are listed as no events; more are only counted.
pub const IMPORT_FAULTS_LISTED_MAX: u64 = 10_000;
/// Different events that an import counts one by one; the others are counted together.
pub const IMPORT_EVENTS_LISTED_MAX: usize = 500;
/// Imports of one workspace that run or wait for others to end.
pub const IMPORTS_WAITING_MAX: usize = 20;
/// Folders that one workspace watches.
pub const FOLDERS_MAX: usize = 50;
/// Files of a watched folder that are looked at, the first by name.
pub const FOLDER_FILES_MAX: usize = 2_000;
/// Files of a watched folder that are shown.
pub const FOLDER_FILES_SHOWN_MAX: usize = 100;
/// Files that are gone from a watched folder and still remembered, the newest.
pub const FOLDER_FILES_GONE_MAX: usize = 100;
/// Imports of one watched folder that run or wait; its other files wait where they are.
pub const FOLDER_IMPORTS_MAX: usize = 4;
/// Characters of the path of a watched folder, and of its pattern.
pub const FOLDER_PATH_CHARS_MAX: usize = 1_000;
/// Pages of the listing of a bucket that are read for one look at a folder in it.
pub const BUCKET_PAGES_MAX: usize = 100;
/// Bytes of one page of the listing of a bucket.
pub const BUCKET_PAGE_BYTES_MAX: usize = 8 << 20;
/// People of one workspace who are asked to be erased and are not yet.
pub const ERASURES_WAITING_MAX: usize = 1000;
/// Identifiers of erased people whose later events are refused; with more, nobody else is erased so.
pub const REFUSED_IDENTIFIERS_MAX: usize = 100_000;
/// Refused events whose receipts are kept; older ones are only counted.
pub const REFUSED_KEPT_MAX: usize = 10_000;
/// Places that an erasure tells of with something of the person that could not be changed, of those
/// that came later.
pub const REFUSED_LEFT_MAX: usize = 100;
/// Days that events may be kept by a limit.
pub const KEEPING_DAYS_MAX: u32 = 36_500;
/// Events with a limit of their own.
pub const KEEPING_EVENTS_MAX: usize = 500;
/// From one look for events that are past their limit to the next, and from a change of the limits
/// to the first.
pub const SWEEP_EVERY: Span = Span::hours(24);
/// Sweeps that a workspace remembers.
pub const SWEEPS_KEPT_MAX: usize = 100;
/// Things that a sweep lists as left; more are counted.
pub const SWEEP_LEFT_MAX: usize = 200;
/// Bytes of a file of costs, or of a batch of them.
pub const COST_FILE_BYTES_MAX: usize = 16 << 20;
/// Records of costs in one file or batch.
pub const COST_BATCH_MAX: usize = 200_000;
/// Records of costs in a workspace, those that were replaced and can come back included.
pub const COSTS_MAX: u64 = 1_000_000;
/// Imports of costs that can be taken back; what older ones replaced is forgotten.
pub const COST_IMPORTS_MAX: usize = 100;
/// Faults of a file of costs that are listed.
pub const COST_FAULTS_MAX: usize = 200;
/// Units of a currency in one record.
pub const COST_AMOUNT_MAX: i64 = 1_000_000_000;
/// Impressions or clicks in one record.
pub const COST_COUNT_MAX: u64 = 1_000_000_000_000;
/// Characters in the name of a campaign or of where it ran.
pub const COST_NAME_CHARS_MAX: usize = 500;
/// Lines of stored costs that are listed at once.
pub const COSTS_LISTED_MAX: usize = 500;
/// Bytes of a table of rates of currencies.
pub const MONEY_RATES_BYTES_MAX: usize = 1 << 20;
/// Rates of currencies in a workspace.
pub const MONEY_RATES_MAX: usize = 20_000;
/// Properties that are amounts of money.
pub const MONEY_PROPERTIES_MAX: usize = 100;
/// Faults of a table of rates that are listed; more are counted.
pub const MONEY_FAULTS_MAX: usize = 100;
/// Characters that are told of what somebody sent as a currency.
pub const MONEY_TOLD_CHARS_MAX: usize = 40;
/// Currencies without a rate that are told by name; the rest are counted together.
pub const MONEY_UNRATED_MAX: usize = 50;
/// Files of one installation that are uploaded at the same time.
pub const UPLOADS_MAX: usize = 4;
/// How long an upload may pause before it is given up.
pub const UPLOAD_PAUSE_MAX: Duration = Duration::from_secs(60);

/// Bytes of a SQL statement.
pub const SQL_BYTES_MAX: usize = 64 << 10;
/// Words and signs of a SQL statement, counted before it is parsed.
pub const SQL_TOKENS_MAX: usize = 12_000;
/// Expressions in a SQL statement, parts of expressions counted too.
pub const SQL_NODES_MAX: usize = 2_000;
/// Brackets within brackets, and queries within queries, of a SQL statement.
pub const SQL_DEPTH_MAX: usize = 50;
/// Tables in a SQL statement, each place where one is named, and queries that are joined by UNION and the like.
pub const SQL_PLACES_MAX: usize = 100;
/// Bytes that a SQL query may use for sorting, grouping and joining.
pub const SQL_MEMORY_BYTES_MAX: u64 = 768 << 20;
/// Bytes that a SQL query may put aside on the disk.
pub const SQL_SPILL_BYTES_MAX: u64 = 4 << 30;
/// How long a SQL query may take at most, whatever the settings allow.
pub const SQL_WAIT_MAX: Duration = Duration::from_secs(600);
/// Threads of a SQL query.
pub const SQL_THREADS_MAX: usize = 8;
/// SQL queries that run at the same time; others wait.
pub const SQL_RUNNING_MAX: usize = 2;
/// SQL queries that wait until others are answered; more are sent away.
pub const SQL_WAITING_MAX: usize = 8;
/// Rows of a SQL result that is shown; more are cut, and the result says so.
pub const SQL_ROWS_SHOWN_MAX: u64 = 10_000;
/// Bytes of a SQL result that is shown.
pub const SQL_BYTES_SHOWN_MAX: u64 = 16 << 20;
/// Rows of a SQL result that is exported.
pub const SQL_ROWS_EXPORTED_MAX: u64 = 5_000_000;
/// Bytes of a SQL result that is exported.
pub const SQL_BYTES_EXPORTED_MAX: u64 = 256 << 20;
/// SQL queries that are remembered of each member.
pub const SQL_HISTORY_MAX: usize = 100;

/// Arms of a report of lift, the control included.
pub const LIFT_ARMS_MAX: usize = 20;
/// Stages of a report of bottlenecks.
pub const BOTTLENECK_STAGES_MAX: usize = 50;
/// Fields whose values are compared in a report of bottlenecks.
pub const BOTTLENECK_FIELDS_MAX: usize = 4;
/// Places of each list of a report of bottlenecks; the answer says how many more there are.
pub const BOTTLENECKS_LISTED_MAX: usize = 100;

/// Series of a report of trends; each has a letter.
pub const TREND_SERIES_MAX: usize = 10;
/// Formulas of a report of trends.
pub const TREND_FORMULAS_MAX: usize = 5;
/// Characters of a formula.
pub const TREND_FORMULA_CHARS_MAX: usize = 200;
/// Nesting of a formula.
pub const TREND_FORMULA_DEPTH_MAX: usize = 30;
/// Periods that a moving mean is taken of.
pub const TREND_MOVING_MAX: u32 = 90;
/// Tallies of a report of trends: series by lines of the breakdown by periods.
pub const TREND_TALLIES_MAX: usize = 500_000;
/// Whole periods of a line that are tested for a change of level.
pub const TREND_LEVEL_PERIODS_MAX: usize = 1_000;
/// How much an event may weigh in a weighted mean.
pub const TREND_WEIGHT_MAX: i64 = 1_000_000;
/// Days that a missed target is looked back on to say since when.
pub const TARGET_DAYS_BACK_MAX: usize = 14;
/// Bytes of an answer that a decision keeps.
pub const DECISION_ANSWER_BYTES_MAX: usize = 2 << 20;
/// Characters of the text of a decision.
pub const DECISION_TEXT_CHARS_MAX: usize = 20_000;

/// Characters of the text of a field note.
pub const FIELD_NOTE_CHARS_MAX: usize = 200_000;
/// Field notes of one workspace.
pub const FIELD_NOTES_MAX: usize = 10_000;
/// Bytes of the texts of all field notes of one workspace; a search reads them all.
pub const FIELD_NOTES_BYTES_MAX: usize = 128 << 20;
/// Files of field notes that are imported at once.
pub const FIELD_NOTE_FILES_MAX: usize = 100;
/// Bytes of an import of field notes, as it is sent.
pub const FIELD_NOTE_IMPORT_BYTES_MAX: usize = 32 << 20;
/// Faults that are listed of one file of a field note; reading ends there.
pub const FIELD_NOTE_FAULTS_MAX: usize = 20;
/// Characters of a quote.
pub const QUOTE_CHARS_MAX: usize = 5_000;
/// Quotes of one field note.
pub const QUOTES_OF_NOTE_MAX: usize = 500;
/// Quotes of one workspace.
pub const QUOTES_MAX: usize = 50_000;
/// Characters of a tag.
pub const TAG_CHARS_MAX: usize = 50;
/// Tags of a field note or quote, and things of one sort that it is linked to.
pub const RESEARCH_LINKS_MAX: usize = 20;
/// Field notes or quotes that are listed at once.
pub const RESEARCH_LISTED_MAX: usize = 500;

/// Kinds of objects in a vocabulary.
pub const OBJECT_KINDS_MAX: usize = 30;
/// States of one kind of object; a set of them is 32 bits wide.
pub const OBJECT_STATES_MAX: usize = 30;
/// Fields that a kind looks for an id in, or for a promise.
pub const OBJECT_FIELDS_MAX: usize = 10;
/// Bounds between bins of gaps.
pub const PROMISE_BOUNDS_MAX: usize = 40;
/// Characters in the name of a type of accounts.
pub const ACCOUNT_TYPE_CHARS_MAX: usize = 100;
/// Types of accounts that are told apart; the first by name.
pub const ACCOUNT_TYPES_MAX: usize = 50;
/// Accounts on one page of a list.
pub const ACCOUNTS_PAGE_MAX: usize = 500;
/// Characters of the address of a link in messages.
pub const LINK_CHARS_MAX: usize = 2_000;
/// Links in messages that a workspace keeps; of those in clicks, the ones that were clicked most.
pub const LINKS_MAX: usize = 5_000;
/// Parameters of addresses that are kept.
pub const LINK_PARAMETERS_MAX: usize = 20;
/// The shortest and the longest span between two looks at a link.
pub const LINK_EVERY_MIN: Span = Span::hours(1);
pub const LINK_EVERY_MAX: Span = Span::days(30);
/// So many answers in a row that may be wrong say that a link is broken.
pub const LINK_DOUBTS: u32 = 2;
/// How long after the first of them the link is asked for again.
pub const LINK_DOUBT_AFTER: Span = Span::minutes(10);
/// Changes of how a link stands that are kept; the latest ones.
pub const LINK_TURNS_MAX: usize = 20;
/// Redirects that are followed from a link.
pub const LINK_REDIRECTS_MAX: usize = 5;
/// How long a site may take to answer for a link.
pub const LINK_CALL_MAX: Duration = Duration::from_secs(15);
/// Hosts that are asked for links at the same time, whatever the workspace.
pub const LINK_HOSTS_AT_ONCE_MAX: usize = 8;
/// Links of one host that are asked for in one round, and the pause between two of them.
pub const LINKS_OF_HOST_MAX: usize = 10;
pub const LINK_HOST_PAUSE: Duration = Duration::from_secs(2);
/// Links of one workspace that are looked for in one round.
pub const LINKS_DUE_MAX: usize = 200;
/// How long after links were taken up from clicks they are again.
pub const LINKS_TAKEN_UP_AFTER: Span = Span::hours(1);
/// Somebody who is led on by a link that was asked for longer ago has it asked for again.
pub const LINK_STALE_AFTER: Span = Span::hours(1);
/// Nobody has one link asked for by hand more often.
pub const LINK_ASKED_AGAIN_AFTER: Span = Span::seconds(10);
/// Messages that are named of one link; those of the most clicks.
pub const LINK_CAMPAIGNS_MAX: usize = 5;
/// Broken links that one mail or call tells of; those of the most people.
pub const LINKS_TOLD_MAX: usize = 50;
/// Group calls, the latest ones, whose traits are offered for conditions.
pub const ACCOUNT_CALLS_SAMPLED_MAX: usize = 500;
/// Events that are shown of one account; the latest ones.
pub const ACCOUNT_EVENTS_MAX: usize = 500;
/// Accounts that are shown of one profile; those that it was seen in last.
pub const ACCOUNTS_OF_PROFILE_MAX: usize = 50;
/// Objects on one page of a list.
pub const OBJECTS_PAGE_MAX: usize = 500;
/// Events that are shown of one object; the latest ones.
pub const OBJECT_EVENTS_MAX: usize = 500;
/// Objects that are shown of one profile; those that something happened to last.
pub const OBJECTS_OF_PROFILE_MAX: usize = 50;
/// Properties that are written to contacts of a CRM.
pub const CRM_RULES_MAX: usize = 30;
/// Characters of the name of a trait, a map or a segment in a rule for a CRM.
pub const CRM_NAME_CHARS_MAX: usize = 200;
/// Characters of the internal name of a property of a CRM.
pub const CRM_PROPERTY_CHARS_MAX: usize = 100;
/// Characters of the token of a CRM.
pub const CRM_TOKEN_CHARS_MAX: usize = 500;
/// Characters of a value that is written to a CRM; longer ones are refused.
pub const CRM_VALUE_CHARS_MAX: usize = 65_536;
/// The shortest and the longest span between two runs.
pub const CRM_EVERY_MIN: Span = Span::minutes(5);
pub const CRM_EVERY_MAX: Span = Span::days(7);
/// Somebody who was looked at longer ago is looked at again, though nothing of ours has changed.
pub const CRM_LOOKED_AGAIN_AFTER: Span = Span::days(1);
/// People with an e-mail who are looked at for a CRM; further ones are left out, and counted.
pub const CRM_PEOPLE_MAX: usize = 200_000;
/// People whom one run asks the CRM for; the next goes on with the others.
pub const CRM_PEOPLE_OF_RUN_MAX: usize = 20_000;
/// E-mails by which one person is looked for, those that were seen last.
pub const CRM_EMAILS_OF_PERSON_MAX: usize = 3;
/// Contacts of one call that reads, and of one that writes. With histories HubSpot gives no more than 50.
pub const CRM_READ_MAX: usize = 50;
pub const CRM_WRITE_MAX: usize = 100;
/// Contacts whose values are turned down before a run is given up.
pub const CRM_REFUSED_MAX: usize = 200;
/// Sorts of refusals that a run tells apart.
pub const CRM_REASONS_MAX: usize = 20;
/// Tries of one call, how long after the first the second follows, and how long a CRM may ask to wait.
pub const CRM_TRIES_MAX: u32 = 4;
pub const CRM_RETRY_AFTER: Duration = Duration::from_secs(2);
pub const CRM_WAIT_MAX: Duration = Duration::from_secs(60);
/// Between two calls of one run: below the 100 of ten seconds that an account allows all its apps together.
pub const CRM_CALL_PAUSE: Duration = Duration::from_millis(200);
/// How long a CRM may take to answer one call.
pub const CRM_CALL_MAX: Duration = Duration::from_secs(30);
/// Bytes of an answer of a CRM that are read; what is longer is no answer.
pub const CRM_ANSWER_BYTES_MAX: usize = 16 << 20;
/// People of a preview.
pub const CRM_PREVIEW_MAX: usize = 25;
/// Between two runs at least, after the token was refused or the calls of the day were used.
pub const CRM_EVERY_AFTER_REFUSAL: Span = Span::hours(1);
/// Workspaces that write to their CRM at the same time.
pub const CRM_AT_ONCE_MAX: usize = 4;
/// How long after our write the webhook of it may say that it happened, and how far clocks may differ.
pub const CRM_ECHO_MAX: Span = Span::minutes(10);
/// How long a CRM may take to answer, and to let wait, while somebody looks at a preview.
pub const CRM_PREVIEW_CALL_MAX: Duration = Duration::from_secs(10);
pub const CRM_PREVIEW_WAIT_MAX: Duration = Duration::from_secs(1);

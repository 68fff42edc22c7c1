/** Every limit of the library by name. Anything that waits, retries or grows has one. */

/** Events that wait to be sent; beyond it the oldest are given up, and how many is told. */
export const QUEUE_EVENTS_MAX = 1_000
/** Characters of events that wait, as browsers give a site about five million. */
export const QUEUE_CHARS_MAX = 1_000_000
/** Calls that wait in memory for `init`, and for consent. */
export const HELD_CALLS_MAX = 200
/** An event of another page of the site is taken over when that page had this long to send it. */
export const ADOPT_AFTER_MS = 30_000

/** Events of one request. */
export const BATCH_EVENTS_MAX = 100
/** Bytes of one request while the page stays. */
export const BATCH_BYTES_MAX = 400_000
/** Bytes of one request while the page goes: browsers allow 64 KiB for all that outlive a page. */
export const LEAVING_BYTES_MAX = 60_000
/** Bytes of one event. */
export const EVENT_BYTES_MAX = 30_000
/** How long the first event waits for others. */
export const FLUSH_AFTER_MS = 2_000
/** Events that are sent at once. */
export const FLUSH_EVENTS = 20
/** How long an answer is waited for. */
export const ANSWER_WAIT_MS = 20_000

/** The wait after the first failure; each further one waits twice as long. */
export const RETRY_MS_MIN = 1_000
export const RETRY_MS_MAX = 60_000
/** The longest wait that a server may ask for. */
export const RETRY_AFTER_MS_MAX = 600_000

/** A visit ends after this long without anything. */
export const SESSION_IDLE_MS = 30 * 60_000
/** Pages of a visit that are remembered, to tell a way back from a way on. */
export const TRAIL_PAGES = 3

/** Who did nothing for this long is not looking any more. */
export const ATTENTION_IDLE_MS = 30_000
export const ATTENTION_TICK_MS = 500
/** What counts at most between two looks, which come each tick while the page runs. */
export const ATTENTION_GAP_MS = 2_000
/** Height of a band whose time in sight is measured, in CSS pixels. */
export const BAND_PX = 100
/** Bands of one page; what lies below is not measured. */
export const BANDS_MAX = 200

/** How long after a click a change of the page is waited for. */
export const REACTION_WAIT_MS = 5_000
/** How long before a dialog went something was done, to be what closed it. */
export const CAUSE_MS_MAX = 1_000
/** Clicks this near to each other are in one place, in CSS pixels. */
export const PLACE_PX = 30
/** Clicks in one place whose time is told. */
export const BURST_CLICKS_MAX = 6
/** Clicks that are compared with the next one. */
export const BURST_REMEMBERED = 20
/** A pause after which clicks do not belong together. */
export const BURST_MS_MAX = 30_000

export const SELECTOR_CHARS_MAX = 300
export const TEXT_CHARS_MAX = 80
export const ATTRIBUTE_CHARS_MAX = 200
export const TITLE_CHARS_MAX = 200
/** How often the page is looked through for dialogs, answers and errors while it changes. */
export const LOOK_EVERY_MS = 250

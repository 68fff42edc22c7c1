import { ATTENTION_GAP_MS, ATTENTION_IDLE_MS, BAND_PX, BANDS_MAX } from './limits.ts'

/** How long each band of a page was in sight of somebody who was there. */
export class Attention {
  #bands: number[] = []
  #activeMs = 0
  #reached = 0
  #lastAt: number
  #activeAt: number

  constructor(now: number) {
    this.#lastAt = now
    this.#activeAt = now
  }

  /** Somebody moved, typed or scrolled. */
  act(now: number): void {
    this.#activeAt = now
  }

  /**
   * Adds the time since the last look, when the page was seen from `top` to `bottom` of its document.
   * Of a long gap only the beginning counts, as the device slept or the page was frozen.
   */
  look(now: number, top: number, bottom: number, isVisible: boolean): void {
    const from = this.#lastAt
    this.#lastAt = now
    if (!isVisible) return
    this.#reached = Math.max(this.#reached, bottom)
    const took = Math.max(0, Math.min(now, from + ATTENTION_GAP_MS, this.#activeAt + ATTENTION_IDLE_MS) - from)
    if (took === 0) return
    this.#activeMs += took
    const first = Math.max(0, Math.floor(top / BAND_PX))
    const last = Math.min(BANDS_MAX - 1, Math.ceil(bottom / BAND_PX) - 1)
    for (let band = first; band <= last; band += 1) this.#bands[band] = (this.#bands[band] ?? 0) + took
  }

  /** What was measured since the last time, and begins anew. */
  take(): { readonly active_ms: number; readonly reached: number; readonly bands: string } {
    const bands = Array.from({ length: this.#bands.length }, (_, band) => Math.round((this.#bands[band] ?? 0) / 100))
    const taken = { active_ms: Math.round(this.#activeMs), reached: Math.round(this.#reached), bands: bands.join(' ') }
    this.#bands = []
    this.#activeMs = 0
    return taken
  }
}

import type { LinkStatus, SentLink, SentLinkSettings } from '../api/sent-links.ts'
import type { Text } from '../i18n/use-text.ts'
import { never } from '../lib/never.ts'

/** How a link stands, in the order of what asks for somebody first. */
export type Tone = 'bad' | 'doubt' | 'good' | 'quiet'

/** How a link stands, as one line. */
export function statusWords({ status, unasked, is_doubted: isDoubted }: Pick<SentLink, 'status' | 'unasked' | 'is_doubted'>, text: Text): string {
  if (unasked != null) return text(`sentLink.unasked.${unasked}`)
  if (status == null) return text(isDoubted ? 'sentLink.status.firstFailed' : 'sentLink.status.none')
  const words = wordsOf(status, text)
  return isDoubted ? text('sentLink.doubted', { words }) : words
}

function wordsOf(status: LinkStatus, text: Text): string {
  switch (status.kind) {
    case 'alive':
      return text('sentLink.status.alive')
    case 'elsewhere':
      return text('sentLink.status.elsewhere', { to: status.to })
    case 'broken':
      return text('sentLink.status.broken', { why: text(`sentLink.why.${status.why}`) })
    case 'silent':
      return text('sentLink.status.silent', { status: String(status.status) })
    case 'refused':
      return text('sentLink.status.refused', { why: text(`sentLink.uncalled.${status.why}`) })
    default:
      return never(status)
  }
}

export function toneOf({ status, unasked, is_doubted: isDoubted }: Pick<SentLink, 'status' | 'unasked' | 'is_doubted'>): Tone {
  if (unasked != null || status == null) return isDoubted ? 'doubt' : 'quiet'
  if (status.kind === 'broken') return 'bad'
  if (status.kind === 'elsewhere' || isDoubted) return 'doubt'
  return status.kind === 'alive' ? 'good' : 'quiet'
}

/** Spans between looks that are offered, and the one that holds. */
export function spansOffered(every: string): readonly string[] {
  const usual = ['1h', '6h', '12h', '1d', '1w']
  return usual.includes(every) ? usual : [...usual, every]
}

/** Names of parameters as they are typed: by commas or blanks. */
export function typedParameters(typed: string): SentLinkSettings['parameters'] {
  return [...new Set(typed.split(/[\s,]+/).filter((it) => it !== ''))]
}

/** Drawings for empty pages: the line of the product, before it has anything to pass through. */
const drawings = {
  /** A line that waits for its first station. */
  start: {
    line: 'M8 76h54c26 0 22-44 48-44h82',
    dash: 'M192 32h40',
    stations: [
      [62, 76],
      [110, 32],
    ],
  },
  /** A loop that comes back. */
  search: {
    line: 'M8 60h60c20 0 22-32 48-32s38 44 12 50-34-26-4-38 52 20 76 20h32',
    dash: '',
    stations: [
      [68, 60],
      [200, 60],
    ],
  },
  /** A line with a gap. */
  broken: {
    line: 'M8 56h66l14-16m36 32 14-16h94',
    dash: 'M92 46l28 20',
    stations: [
      [52, 56],
      [160, 56],
    ],
  },
  /** A line that goes on, calmly. */
  quiet: {
    line: 'M8 54h224',
    dash: '',
    stations: [
      [48, 54],
      [120, 54],
      [192, 54],
    ],
  },
} as const

export type LineArtName = keyof typeof drawings

export function LineArt({ name }: { readonly name: LineArtName }) {
  const { line, dash, stations } = drawings[name]
  return (
    <svg width="240" height="108" viewBox="0 0 240 108" fill="none" aria-hidden="true" focusable="false">
      <path d={line} stroke="var(--accent-line)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      {dash !== '' && <path d={dash} stroke="var(--outline)" strokeWidth="3" strokeLinecap="round" strokeDasharray="1 8" />}
      {stations.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="7" fill="var(--paper)" stroke="var(--accent-line)" strokeWidth="3" />
      ))}
    </svg>
  )
}

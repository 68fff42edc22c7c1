import { useId } from 'react'

/** The picture beside the sign-in form: many paths that gather into one line. */
export function ThroughLine() {
  const id = useId()
  const strands = Array.from({ length: 22 }, (_, index) => {
    const spread = (index - 10.5) * 44
    const bend = Math.sin(index * 2.4) * 120
    const out = (index - 10.5) * 26 + Math.cos(index * 1.7) * 60
    return `M-40 ${450 + spread + bend} C 200 ${450 + spread}, 240 ${450 + out * 0.3}, 420 450 S 640 ${450 - out * 0.25}, 1000 ${450 - out}`
  })
  return (
    <svg viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice" fill="none" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={id} x1="0" x2="1" y1="0" y2="0">
          <stop offset="0" stopColor="var(--outline)" />
          <stop offset="0.5" stopColor="var(--accent-line)" />
          <stop offset="1" stopColor="var(--outline)" />
        </linearGradient>
      </defs>
      {strands.map((strand) => (
        <path key={strand} d={strand} stroke={`url(#${id})`} strokeWidth="1.2" strokeOpacity="0.6" />
      ))}
      <path d="M-40 590 C 200 560, 240 450, 420 450 S 640 380, 1000 250" stroke="var(--accent-line)" strokeWidth="6" strokeLinecap="round" />
      {[
        [150, 545],
        [420, 450],
        [668, 385],
      ].map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="11" fill="var(--sunken)" stroke="var(--accent-line)" strokeWidth="5" />
      ))}
    </svg>
  )
}

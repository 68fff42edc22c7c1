/** The sign of the product: one line through one station. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false" style={{ flex: 'none' }}>
      <path d="M2 23h6.5c4.5 0 4.5-14 9-14H30" stroke="var(--accent-line)" strokeWidth="4" strokeLinecap="round" />
      <circle cx="13" cy="16" r="5" fill="var(--paper)" stroke="var(--accent-line)" strokeWidth="3.5" />
    </svg>
  )
}

import style from './meter.module.css'

/** A share as a short line: the through line, as far as it goes. */
export function Meter({ share, color = 'var(--accent-line)' }: { readonly share: number; readonly color?: string }) {
  const width = `${Math.max(0, Math.min(1, share)) * 100}%`
  return (
    <span className={style.meter} aria-hidden="true">
      <span style={{ width, background: color }} />
    </span>
  )
}

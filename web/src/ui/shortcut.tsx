import style from './shortcut.module.css'

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent)

/** Keys as this machine names them: `mod+K`. */
export function Shortcut({ keys, className }: { readonly keys: string; readonly className?: string | undefined }) {
  const named = keys.split('+').map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key))
  return (
    <span className={[style.keys, className].filter(Boolean).join(' ')} aria-hidden="true">
      {named.map((key) => (
        <kbd key={key} className={style.key}>
          {key}
        </kbd>
      ))}
    </span>
  )
}

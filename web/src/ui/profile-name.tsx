import { useText } from '../i18n/use-text.ts'
import style from './profile-name.module.css'

/** A profile as it is called in lists: a filled station when we know who it is, an open one while we do not. */
export function ProfileName({ label, known }: { readonly label: string; readonly known: boolean }) {
  const text = useText()
  const hint = known ? text('people.known') : text('people.anonymous')
  return (
    <span className={style.name}>
      <span className={style.station} data-known={known || undefined} role="img" aria-label={hint} data-tip={hint} />
      <span className={style.label}>{label}</span>
    </span>
  )
}

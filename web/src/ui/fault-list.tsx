import style from './look.module.css'

type Fault = { readonly place: string; readonly message: string }

/** What is to be mended before something can be saved, and where it stands. */
export function FaultList({ faults }: { readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null
  return (
    <ul className={style.faults} role="alert">
      {faults.map((fault) => (
        <li key={`${fault.place} ${fault.message}`}>
          <code>{fault.place}</code> {fault.message}
        </li>
      ))}
    </ul>
  )
}

import style from './look.module.css'

type Fault = { readonly place: string; readonly message: string }

/** What is to be mended before something can be saved, and where it stands. */
export function FaultList({ faults }: { readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null
  return (
    <div role="alert">
      <ul className={style.faults}>
        {faults.map((fault) => (
          <li key={`${fault.place} ${fault.message}`}>
            <code>{fault.place}</code> {fault.message}
          </li>
        ))}
      </ul>
    </div>
  )
}

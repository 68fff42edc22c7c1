import type { MaskingPreview } from '../api/privacy.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './privacy.module.css'

/** What rules would do to the latest events, with some of the texts. */
export function MaskingEffect({ preview }: { readonly preview: MaskingPreview }) {
  const text = useText()
  const format = useFormat()
  if (preview.faults.length > 0) {
    return (
      <ul className={style.faults} role="alert">
        {preview.faults.map((it) => (
          <li key={it.place}>
            {it.place}: {it.message}
          </li>
        ))}
      </ul>
    )
  }
  const { events, events_masked, samples } = preview
  return (
    <div className={style.effect} role="status">
      <h3>{text('privacy.effect')}</h3>
      <p>
        {events === 0
          ? text('privacy.noEvents')
          : text('privacy.effectOf', { count: events, shown: format.count(events), masked: format.count(events_masked) })}
      </p>
      {samples.length > 0 && (
        <div className={style.scroll}>
          <table className={style.samples} aria-label={text('privacy.samples')}>
            <thead>
              <tr>
                <th scope="col">{text('privacy.sampleEvent')}</th>
                <th scope="col">{text('privacy.sampleField')}</th>
                <th scope="col">{text('privacy.before')}</th>
                <th scope="col">{text('privacy.after')}</th>
              </tr>
            </thead>
            <tbody>
              {samples.map((it, index) => (
                <tr key={index}>
                  <td>{it.event}</td>
                  <td>
                    <code>{it.field}</code>
                  </td>
                  <td>{it.before}</td>
                  <td>{it.after}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

import type { MaskingPreview } from '../api/privacy.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { FaultList } from '../ui/fault-list.tsx'
import { Outlook } from '../ui/outlook.tsx'
import { WideTable } from '../ui/wide-table.tsx'
import style from './privacy.module.css'

/** What rules would do to the latest events, with some of the texts. */
export function MaskingEffect({ preview }: { readonly preview: MaskingPreview }) {
  const text = useText()
  const format = useFormat()
  if (preview.faults.length > 0) return <FaultList faults={preview.faults} />
  const { events, events_masked, samples } = preview
  return (
    <Outlook title={text('privacy.effect')}>
      <p>
        {events === 0
          ? text('privacy.noEvents')
          : text('privacy.effectOf', { count: events, shown: format.count(events), masked: format.count(events_masked) })}
      </p>
      {samples.length > 0 && (
        <WideTable
          name={text('privacy.samples')}
          className={style.samples}
          first={text('privacy.sampleEvent')}
          words={[text('privacy.sampleField'), text('privacy.before'), text('privacy.after')]}
          heads={[]}
        >
          {samples.map((it, index) => (
            <tr key={`${index} ${it.field}`}>
              <th scope="row">{it.event}</th>
              <td>
                <code>{it.field}</code>
              </td>
              <td>{it.before}</td>
              <td>{it.after}</td>
            </tr>
          ))}
        </WideTable>
      )}
    </Outlook>
  )
}

import type { KeepingPreview } from '../api/keeping.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { FaultList } from '../ui/fault-list.tsx'
import { Outlook } from '../ui/outlook.tsx'
import { WideTable } from '../ui/wide-table.tsx'
import { byCount } from './keeping.ts'
import style from './privacy.module.css'

/** What limits would remove if they held now, by name. */
export function KeepingEffect({ preview }: { readonly preview: KeepingPreview }) {
  const text = useText()
  const format = useFormat()
  if (preview.faults.length > 0) return <FaultList faults={preview.faults} />
  const { found } = preview
  if (found.events === 0 && found.held_back === 0) {
    return (
      <Outlook title={text('keeping.effect')}>
        <p>{text('keeping.nothing')}</p>
      </Outlook>
    )
  }
  const more = [
    ...(found.held_back > 0 ? [text('keeping.heldBack', { count: found.held_back, shown: format.count(found.held_back) })] : []),
    ...(found.profiles > 0 ? [text('keeping.profiles', { count: found.profiles, shown: format.count(found.profiles) })] : []),
  ]
  return (
    <Outlook title={text('keeping.effect')}>
      <p>{[text('keeping.effectOf', { count: found.events, shown: format.count(found.events) }), ...more].join(' ')}</p>
      {found.events > 0 && (
        <div className={style.going}>
          <WideTable name={text('keeping.byEvent')} first={text('keeping.event')} heads={[text('keeping.count')]}>
            {byCount(found).map(([event, count]) => (
              <tr key={event}>
                <th scope="row">{event}</th>
                <td data-number>{format.count(count)}</td>
              </tr>
            ))}
          </WideTable>
        </div>
      )}
    </Outlook>
  )
}

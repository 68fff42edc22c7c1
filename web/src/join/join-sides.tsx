import type { JoinPreview, JoinSide } from '../api/identity.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ProfileName } from '../ui/profile-name.tsx'
import { differs, traitRows } from './join.ts'
import style from './join.module.css'

/** Identifiers of one profile that are shown in a cell. */
const IDENTIFIERS_SHOWN = 8

/** Two profiles side by side, and the one that they would be. */
export function JoinSides({ preview }: { readonly preview: JoinPreview }) {
  const text = useText()
  const format = useFormat()
  const { left, right, together, conflict, parted } = preview
  const sides: readonly JoinSide[] = together == null ? [left, right] : [left, right, together]
  const traits = traitRows(preview)
  return (
    <>
      {conflict != null && (
        <p role="alert" className={style.conflict}>
          {text(`identity.conflict.${conflict}`)}
        </p>
      )}
      <div className={style.scroll}>
        <table className={style.sides} aria-label={text('identity.sideBySide')}>
          <thead>
            <tr>
              <td />
              <th scope="col">
                <ProfileName label={left.profile.label} known={left.profile.known} />
              </th>
              <th scope="col">
                <ProfileName label={right.profile.label} known={right.profile.known} />
              </th>
              {together != null && <th scope="col">{text('identity.together')}</th>}
            </tr>
          </thead>
          <tbody>
            <Row title={text('people.events')} cells={sides.map((it) => format.count(it.profile.events_count))} />
            <Row title={text('profile.first')} cells={sides.map((it) => format.moment(it.profile.first))} />
            <Row title={text('people.last')} cells={sides.map((it) => format.moment(it.profile.last))} />
            <tr>
              <th scope="row">{text('profile.identifiers')}</th>
              {sides.map((side, index) => (
                <td key={index}>
                  <Identifiers side={side} isSum={index === 2} />
                </td>
              ))}
            </tr>
            {traits.map((row) => (
              <Row
                key={row.name}
                title={row.name}
                isMarked={differs(row)}
                cells={(together == null ? [row.left, row.right] : [row.left, row.right, row.together]).map((it) => it ?? '–')}
              />
            ))}
          </tbody>
        </table>
      </div>
      {together != null && (
        <p className={style.note} role="status">
          {[
            text('identity.joinNote', { events: format.count(together.profile.events_count), count: together.identifiers_count, identifiers: format.count(together.identifiers_count) }),
            ...(traits.some(differs) ? [text('identity.joinTraits')] : []),
            ...(parted > 0 ? [text('identity.joinParted', { count: parted, shown: format.count(parted) })] : []),
          ].join(' ')}
        </p>
      )}
    </>
  )
}

type RowProps = { readonly title: string; readonly cells: readonly string[]; readonly isMarked?: boolean }

function Row({ title, cells, isMarked = false }: RowProps) {
  return (
    <tr data-marked={isMarked || undefined}>
      <th scope="row">{title}</th>
      {cells.map((cell, index) => (
        <td key={index}>{cell}</td>
      ))}
    </tr>
  )
}

/** Identifiers by type; of the sum only how many there are. */
function Identifiers({ side, isSum }: { readonly side: JoinSide; readonly isSum: boolean }) {
  const text = useText()
  const format = useFormat()
  if (isSum) return format.count(side.identifiers_count)
  const shown = side.identifiers.slice(0, IDENTIFIERS_SHOWN)
  return (
    <ul>
      {shown.map((it) => (
        <li key={`${it.kind} ${it.value}`}>
          <code>{it.value}</code> <small>{text(`identity.kind.${it.kind}`)}</small>
        </li>
      ))}
      {side.identifiers_count > shown.length && <li>{text('identity.more', { shown: format.count(side.identifiers_count - shown.length) })}</li>}
    </ul>
  )
}

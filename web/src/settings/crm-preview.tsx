import { Link } from '@tanstack/react-router'
import type { CrmPreview, CrmRun } from '../api/crm.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { WideTable } from '../ui/wide-table.tsx'
import { hasLooks, runWords, verdictWords } from './crm.ts'

/** What would be written to the first people. */
export function CrmPreviewTable({ preview }: { readonly preview: CrmPreview }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  return (
    <div role="status">
      <p>
        {preview.outcome === 'done'
          ? text('crm.previewed', { people: format.count(preview.people), withheld: format.count(preview.withheld), shown: format.count(preview.looked.length) })
          : text(`crm.outcome.${preview.outcome}`)}
      </p>
      <LeftOut leftOut={preview.left_out} />
      {hasLooks(preview) && (
        <WideTable name={text('crm.previewTitle')} first={text('crm.person')} words={[text('crm.property'), text('crm.ours'), text('crm.theirs'), text('crm.becomes')]} heads={[]}>
          {preview.looked.flatMap((look) =>
            look.values.map((value) => (
              <tr key={`${look.profile} ${value.property}`}>
                <th scope="row">
                  <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(look.profile) }}>
                    {look.email}
                  </Link>
                </th>
                <td>
                  <code>{value.property}</code>
                </td>
                <td>{value.ours ?? '–'}</td>
                <td>{look.contact == null ? text('crm.nobody') : value.theirs === '' ? '–' : value.theirs}</td>
                <td>{verdictWords(value, text)}</td>
              </tr>
            )),
          )}
        </WideTable>
      )}
    </div>
  )
}

/** What became of the last run. */
export function CrmLastRun({ run }: { readonly run: CrmRun }) {
  const text = useText()
  const format = useFormat()
  return (
    <div>
      <p>{runWords(run, format, text)}</p>
      <LeftOut leftOut={run.left_out} />
      {run.refused.length > 0 && (
        <ul aria-label={text('crm.refusedTitle')}>
          {run.refused.map((it) => (
            <li key={`${it.why} ${it.category} ${it.property}`}>
              {text(`crm.refusedWhy.${it.why}`)} {it.property != null && <code>{it.property}</code>} {it.category != null && <code>{it.category}</code>} · {format.count(it.count)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function LeftOut({ leftOut }: { readonly leftOut: CrmRun['left_out'] }) {
  const text = useText()
  if (leftOut.length === 0) return null
  return (
    <ul aria-label={text('crm.leftOutTitle')}>
      {leftOut.map((it) => (
        <li key={it.property}>
          <code>{it.property}</code> {text(`crm.leftOutWhy.${it.why}`)}
        </li>
      ))}
    </ul>
  )
}

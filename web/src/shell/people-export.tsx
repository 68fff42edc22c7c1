import { exportFile, type ExportQuery } from '../api/export.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { download, fileName } from '../lib/download.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { toast, toastFailure } from '../ui/toast.tsx'

/** As many people as the server names in one file. */
const LISTED_MAX = 50_000

const formats = [
  { key: 'xlsx', query: { format: 'xlsx' } },
  { key: 'csv', query: { format: 'csv', mark: true } },
  { key: 'plain', query: { format: 'csv' } },
  { key: 'parquet', query: { format: 'parquet' } },
] as const satisfies readonly { readonly key: string; readonly query: Pick<ExportQuery, 'format' | 'mark'> }[]

/** The people of a list as a file, with what is known of them. */
export function PeopleExport({ target, total }: { readonly target: PeopleTarget; readonly total: number }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const title = target.title.slice(0, 200)
  const write = async (query: (typeof formats)[number]['query']) => {
    try {
      const { content, ending } = await exportFile(ws, {
        of: { people: { of: target.of, select: target.select } },
        ...(title.trim() === '' ? {} : { title }),
        ...(target.asOf === undefined ? {} : { as_of: target.asOf }),
        ...query,
      })
      download(fileName(title, 'people', ending), content)
      if (total > LISTED_MAX) toast(text('export.peopleCut', { listed: format.count(LISTED_MAX), total: format.count(total) }))
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <Menu
      label={text('export.people')}
      side="bottom-end"
      groups={[
        {
          label: text('export.people'),
          items: formats.map(({ key, query }) => ({
            key,
            label: text(`export.format.${key}`),
            icon: 'download' as const,
            refused: total === 0 ? text('people.none') : undefined,
            run: () => void write(query),
          })),
        },
      ]}
    >
      {(button) => <IconButton {...button} icon="download" label={text('export.people')} />}
    </Menu>
  )
}

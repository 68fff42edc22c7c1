import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Mapping, mappingsQuery, type Preview, previewQuery, saveMapping, startImport, type UploadedFile } from '../api/import.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { download, fileName } from '../lib/download.ts'
import { Button } from '../ui/button.tsx'
import { ChannelBadge } from '../ui/channel.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { useSettled } from '../ui/use-settled.ts'
import { type ColumnPart, columnParts, partOf, propertyColumns, toggleIgnored, withPart, withTime } from './mapping.ts'
import style from './source.module.css'

type MappingEditorProps = { readonly file: UploadedFile; readonly onDone: () => void }

/** Says what a file's columns mean, beside what its first rows become. */
export function MappingEditor({ file, onDone }: MappingEditorProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const [mapping, setMapping] = useState(file.mapping)
  const asked = useSettled(mapping)
  const preview = useQuery(previewQuery(ws, file.file, asked))
  const stored = useQuery(mappingsQuery(ws))
  const start = useMutation({
    mutationFn: (kind: 'import' | 'dry_run') => startImport(ws, kind, file.file, mapping),
    onSuccess: (_, kind) => {
      if (kind === 'import') onDone()
    },
    onError: toastFailure,
  })
  const save = useMutation({
    mutationFn: () => saveMapping(ws, file.name, mapping),
    onSuccess: () => toast(text('source.mappingSaved')),
    onError: toastFailure,
  })
  const isLooking = asked !== mapping || preview.isPending || preview.isPlaceholderData
  const refused = preview.error !== null ? text('source.mendFirst') : isLooking ? text('draft.checking') : undefined
  const size = `${file.name} · ${format.bytes(file.bytes)}`
  return (
    <Section title={text('source.mapping')} note={size} aside={<Button size="s" look="quiet" onClick={onDone}>{text('source.otherFile')}</Button>}>
      <div className={style.mapping}>
        <div className={style.parts}>
          {stored.data !== undefined && stored.data.mappings.length > 0 && (
            <SelectField
              size="s"
              label={text('source.useMapping')}
              value=""
              choices={[{ value: '', label: text('source.suggested') }, ...stored.data.mappings.map((it) => ({ value: it.id, label: it.title }))]}
              onChange={(id) => setMapping(stored.data.mappings.find((it) => it.id === id)?.mapping ?? file.mapping)}
            />
          )}
          {mapping.format === 'segment' ? (
            <p className={style.hint}>{text('source.segmentNote')}</p>
          ) : (
            <MappingFields mapping={mapping} columns={file.columns} onChange={setMapping} />
          )}
        </div>
        <div className={style.outcome}>
          {preview.error !== null ? (
            <Failed small error={preview.error} />
          ) : preview.data === undefined ? (
            <Loading />
          ) : (
            <PreviewTable preview={preview.data} />
          )}
        </div>
      </div>
      <div className={style.finish}>
        <Button look="primary" refused={refused} aria-busy={start.isPending} onClick={() => start.mutate('import')}>
          {text('source.import')}
        </Button>
        <Button refused={refused} onClick={() => start.mutate('dry_run')}>
          {text('source.dryRun')}
        </Button>
        <Button look="quiet" refused={refused} onClick={() => save.mutate()}>
          {text('source.saveMapping')}
        </Button>
        <Button look="quiet" icon="download" refused={refused} onClick={() => downloadMapping(file.name, mapping)}>
          {text('source.mappingFile')}
        </Button>
        <span className={style.quiet}>{text('source.undoNote')}</span>
      </div>
    </Section>
  )
}

/** The mapping as a small file, for the command line or another workspace. */
function downloadMapping(name: string, mapping: Mapping): void {
  const content = new Blob([JSON.stringify(mapping, null, 2)], { type: 'application/json' })
  download(fileName(name, 'file', 'mapping.json'), content)
}

type MappingFieldsProps = { readonly mapping: Mapping; readonly columns: UploadedFile['columns']; readonly onChange: (mapping: Mapping) => void }

/** A field for each part of a mapping, and which of the other columns become properties. */
export function MappingFields({ mapping, columns, onChange }: MappingFieldsProps) {
  return (
    <>
      {columnParts.map((part) => (
        <PartField key={part} part={part} mapping={mapping} columns={columns} onChange={onChange} />
      ))}
      <Properties mapping={mapping} columns={columns} onChange={onChange} />
    </>
  )
}

/** What holds where nothing is said. */
const FORMAT_USUAL = 'iso'
const ZONE_USUAL = 'UTC'

/** Stands for a value that is typed instead of a column. No column can begin so. */
const CONSTANT = '\u0000constant'

function PartField({ part, mapping, columns, onChange }: MappingFieldsProps & { readonly part: ColumnPart }) {
  const text = useText()
  const value = partOf(mapping, part)
  const fixable = part === 'event' || part === 'channel'
  const chosen = value.kind === 'column' ? value.column : value.kind === 'constant' ? CONSTANT : ''
  return (
    <div className={style.part}>
      <SelectField
        size="s"
        label={text(`source.part.${part}`)}
        hint={text(`source.partHint.${part}`)}
        value={chosen}
        choices={[
          { value: '', label: text('source.noColumn') },
          ...columns.map((it) => ({ value: it.name, label: it.samples[0] === undefined ? it.name : `${it.name} · ${it.samples[0]}` })),
          ...(fixable ? [{ value: CONSTANT, label: text('source.constant') }] : []),
        ]}
        onChange={(next) =>
          onChange(
            withPart(mapping, part, next === '' ? { kind: 'none' } : next === CONSTANT ? { kind: 'constant', constant: '' } : { kind: 'column', column: next }),
          )
        }
      />
      {value.kind === 'constant' && (
        <TextField
          size="s"
          label={text('source.constantFor', { part: text(`source.part.${part}`) })}
          value={value.constant}
          onChange={(constant) => onChange(withPart(mapping, part, { kind: 'constant', constant }))}
        />
      )}
      {part === 'time' && mapping.time !== undefined && mapping.time !== null && (
        <div className={style.time}>
          <TextField
            size="s"
            mono
            label={text('source.timeFormat')}
            hint={text('source.timeFormatHint')}
            placeholder={FORMAT_USUAL}
            value={mapping.time.format ?? ''}
            onChange={(format) => onChange(withTime(mapping, { format }))}
          />
          <TextField
            size="s"
            label={text('source.timeZone')}
            placeholder={ZONE_USUAL}
            value={mapping.time.zone ?? ''}
            onChange={(zone) => onChange(withTime(mapping, { zone }))}
          />
        </div>
      )}
    </div>
  )
}

function Properties({ mapping, columns, onChange }: MappingFieldsProps) {
  const text = useText()
  const others = propertyColumns(mapping, columns.map((it) => it.name))
  const ignored = mapping.properties?.ignore ?? []
  if (others.length === 0) return null
  return (
    <fieldset className={style.properties}>
      <legend>{text('source.properties')}</legend>
      {others.map((column) => (
        <label key={column}>
          <input type="checkbox" checked={!ignored.includes(column)} onChange={() => onChange(toggleIgnored(mapping, column))} />
          {column}
        </label>
      ))}
    </fieldset>
  )
}

/** What the first rows become, and how many become nothing. */
export function PreviewTable({ preview }: { readonly preview: Preview }) {
  const text = useText()
  const format = useFormat()
  return (
    <>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('source.preview')}>
        <table className={style.preview}>
          <thead>
            <tr>
              <th scope="col">{text('source.part.time')}</th>
              <th scope="col">{text('source.who')}</th>
              <th scope="col">{text('source.part.event')}</th>
              <th scope="col">{text('source.part.channel')}</th>
              <th scope="col">{text('source.properties')}</th>
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, index) =>
              row.event == null ? (
                <tr key={index} data-faulty>
                  <td colSpan={5}>{row.fault}</td>
                </tr>
              ) : (
                <tr key={index}>
                  <td>{format.moment(row.event.time)}</td>
                  <td>{row.event.who}</td>
                  <td>{row.event.name}</td>
                  <td>
                    <ChannelBadge channel={row.event.channel} />
                  </td>
                  <td>
                    <code>{JSON.stringify(row.event.properties)}</code>
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
      <p className={style.hint}>
        {preview.faults_count === 0
          ? text('source.previewClean', { count: preview.rows_count })
          : text('source.previewFaults', { count: preview.faults_count, rows: format.count(preview.rows_count) })}
      </p>
    </>
  )
}

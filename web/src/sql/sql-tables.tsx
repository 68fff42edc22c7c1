import type { SqlTableShape } from '../api/sql.ts'
import { type Text, type TextKey, useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import type { Known } from './completion.ts'
import style from './sql.module.css'

type SqlTablesProps = {
  readonly tables: readonly SqlTableShape[]
  readonly functions: readonly string[]
  readonly known: Known
  readonly onRun: ((sql: string) => void) | undefined
}

/** What each column holds; one that a later server adds has its name only. */
const columns: Readonly<Record<string, TextKey>> = {
  'events.time': 'sql.column.time',
  'events.event': 'sql.column.event',
  'events.profile': 'sql.column.profile',
  'events.channel': 'sql.column.channel',
  'events.touchpoint': 'sql.column.touchpoint',
  'events.stage': 'sql.column.stage',
  'events.properties': 'sql.column.properties',
  'events.context': 'sql.column.context',
  'events.kind': 'sql.column.kind',
  'events.actor': 'sql.column.actor',
  'events.source': 'sql.column.source',
  'events.message': 'sql.column.message',
  'events.received': 'sql.column.received',
  'events.seq': 'sql.column.seq',
  'profiles.id': 'sql.column.id',
  'profiles.first_seen': 'sql.column.firstSeen',
  'profiles.last_seen': 'sql.column.lastSeen',
  'profiles.events': 'sql.column.events',
  'profiles.traits': 'sql.column.traits',
  'segments.segment': 'sql.column.segment',
  'segments.name': 'sql.column.segmentName',
  'segments.profile': 'sql.column.member',
}

const functionTexts: Readonly<Record<string, { readonly use: string; readonly about: TextKey }>> = {
  json_get: { use: "json_get(properties, 'a', 'b')", about: 'sql.function.get' },
  json_text: { use: "json_text(properties, 'name')", about: 'sql.function.text' },
  json_number: { use: "json_number(properties, 'price')", about: 'sql.function.number' },
  json_flag: { use: "json_flag(properties, 'is_new')", about: 'sql.function.flag' },
  period_start: { use: "period_start(time, 'week', 'UTC')", about: 'sql.function.start' },
  period_number: { use: "period_number(time, 'day', 'UTC')", about: 'sql.function.periodNumber' },
  epoch_ms: { use: 'epoch_ms(time)', about: 'sql.function.epoch' },
  instant: { use: 'instant(1767225600000)', about: 'sql.function.instant' },
}

/** Tables with their columns, what stands in them, and our functions. */
export function SqlTables({ tables, functions, known, onRun }: SqlTablesProps) {
  const text = useText()
  return (
    <div className={style.tables}>
      {tables.map((table) => (
        <details key={table.name} open>
          <summary>
            <code>{table.name}</code>
          </summary>
          <Button size="s" icon="list" refused={onRun === undefined ? text('sql.missing.refused') : undefined} onClick={() => onRun?.(`SELECT * FROM ${table.name} LIMIT 20`)}>
            {text('sql.sample', { table: table.name })}
          </Button>
          <dl>
            {table.columns.map((column) => (
              <div key={column.name}>
                <dt>
                  <code>{column.name}</code> <span className={style.quiet}>{text(`sql.type.${column.type}`)}</span>
                </dt>
                <dd>{aboutColumn(text, table.name, column.name, known)}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
      <details>
        <summary>{text('sql.functions')}</summary>
        <dl>
          {functions.map((name) => {
            const it = functionTexts[name]
            return (
              <div key={name}>
                <dt>
                  <code>{it?.use ?? `${name}(…)`}</code>
                </dt>
                {it !== undefined && <dd>{text(it.about)}</dd>}
              </div>
            )
          })}
        </dl>
      </details>
    </div>
  )
}

/** What a column is, and some of what stands in it. */
function aboutColumn(text: Text, table: string, column: string, known: Known): string {
  const key = columns[`${table}.${column}`]
  const about = key === undefined ? '' : text(key)
  const names = known.properties.filter((it) => it.object === column).map((it) => it.path.join('.'))
  const values = table !== 'events' ? [] : column === 'channel' ? [] : (known.values[column] ?? (names.length > 0 ? names : []))
  if (values.length === 0) return about
  const some = values.slice(0, 6).join(', ')
  return text(values.length > 6 ? 'sql.suchAs' : 'sql.all', { about, some })
}

import { useState } from 'react'
import type { Comparison } from '../api/compare.ts'
import { type ExportOf, exportFile, type ExportQuery } from '../api/export.ts'
import { accountsOf, type PeopleRule, type Report, type Rule } from '../api/model.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { type Drawn, findDrawings, pictureOf, pngOf, rowsDrawn } from '../chart/picture.ts'
import { printPictures } from '../chart/print.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import type { Locale } from '../i18n/i18n.ts'
import { type Text, useLocale, useText } from '../i18n/use-text.ts'
import { download, fileName } from '../lib/download.ts'
import { formatMoment } from '../lib/format.ts'
import { isRecord } from '../lib/read.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { type PeopleNames, peopleWords } from '../ui/people-words.ts'
import { Popover } from '../ui/popover.tsx'
import { ruleWords } from '../ui/rule-words.ts'
import { toastFailure } from '../ui/toast.tsx'
import style from './report.module.css'
import { useAsOf, useAsOfWords } from './use-as-of.ts'

/** An answer of a page that can be taken along. */
export type ExportAnswer = {
  readonly name: string
  readonly of: ExportOf
  /** What is printed on pictures. */
  readonly facts: {
    readonly range: { readonly from: string; readonly to: string }
    readonly zone: string
    readonly n: number
    readonly asked: string
    readonly filter: Rule | null
    readonly people: PeopleRule | null
    /** The type of accounts that it counts in place of people. */
    readonly accounts: string | null
    /** Events with an amount that it asks for and that has no rate. */
    readonly unrated?: number
  }
}

type Reply = {
  readonly report: Report
  readonly range: { readonly from: string; readonly to: string }
  readonly zone: string
  readonly n: number
  readonly asked: string
  readonly unrated?: number | null
}

/** The answer to a report as it can be taken along. */
export function answerOf(name: string, reply: Reply): ExportAnswer {
  const { report, range, zone, n, asked, unrated } = reply
  return { name, of: { report }, facts: { range, zone, n, asked, filter: filterOf(report), people: ('people' in report ? report.people : null) ?? null, accounts: accountsOf(report), unrated: unrated ?? 0 } }
}

/** A comparison as it can be taken along; its pictures say what its report depends on. */
export function comparisonOf(name: string, { a, against }: Comparison): ExportAnswer {
  return { ...answerOf(name, a), of: { comparison: { report: a.report, against } } }
}

function filterOf(report: Report): Rule | null {
  if (!('filter' in report) || report.filter == null) return null
  return 'rule' in report.filter && isRecord(report.filter.rule) ? report.filter.rule : null
}

type ExportMenuProps = {
  readonly title: string
  /** The answers of the page, the main one first; none while there are none. */
  readonly answers: readonly ExportAnswer[]
}

/** Everything that a page shows as files: its numbers in every format, its drawings as pictures. */
export function ExportMenu({ title, answers }: ExportMenuProps) {
  const text = useText()
  return (
    <Popover
      label={text('export.title')}
      side="bottom-end"
      target={(target) => (
        <Button {...target} icon="download" refused={answers.length === 0 ? text('export.nothing') : undefined}>
          {text('export.title')}
        </Button>
      )}
    >
      {() => <Panel title={title} answers={answers} />}
    </Popover>
  )
}

const formats = [
  { key: 'xlsx', query: { format: 'xlsx' } },
  { key: 'csv', query: { format: 'csv', mark: true } },
  { key: 'plain', query: { format: 'csv' } },
  { key: 'parquet', query: { format: 'parquet' } },
  { key: 'json', query: { format: 'json' } },
] as const satisfies readonly { readonly key: string; readonly query: Pick<ExportQuery, 'format' | 'mark'> }[]

function Panel({ title, answers }: ExportMenuProps) {
  const text = useText()
  const format = useFormat()
  const locale = useLocale()
  const { id: ws } = useWorkspace()
  const source = usePeopleSource()
  const { asOf } = useAsOf()
  const thenWords = useAsOfWords()
  const [at, setAt] = useState('0')
  const [busy, setBusy] = useState<string | null>(null)
  const [drawings] = useState(() => findDrawings(document.querySelector('main') ?? document))
  const answer = answers[Number(at)] ?? answers[0]
  if (answer === undefined) return null
  const name = answers.length > 1 ? `${title} · ${answer.name}` : title
  const doing = async (key: string, work: () => Promise<void>) => {
    if (busy !== null) return
    setBusy(key)
    try {
      await work()
    } catch (error) {
      toastFailure(error)
    } finally {
      setBusy(null)
    }
  }
  const write = async (query: (typeof formats)[number]['query']) => {
    const { content, ending } = await exportFile(ws, { of: answer.of, title: name.slice(0, 200), ...(asOf === undefined || 'draft' in answer.of ? {} : { as_of: asOf }), ...query })
    download(fileName(name, 'report', ending), content)
  }
  const picture = ({ name: of, element }: Drawn) => {
    const rows = rowsDrawn(element)
    const facts = [
      ...(rows === null ? [] : [text('export.rows', { drawn: format.count(rows.drawn), total: format.count(rows.total) })]),
      ...factLines(answers[0] ?? answer, text, format, locale, source),
      ...(thenWords === null ? [] : [text('then.identities', { words: thenWords })]),
    ]
    return pictureOf(element, { title, name: of, facts })
  }
  const draw = async (drawn: Drawn, kind: 'svg' | 'png') => {
    const made = picture(drawn)
    const content = kind === 'png' ? await pngOf(made) : new Blob([made.svg], { type: 'image/svg+xml' })
    download(fileName(title === drawn.name ? title : `${title} ${drawn.name}`, 'picture', kind), content)
  }
  return (
    <div className={style.panel}>
      <div className={style.group} role="group" aria-label={text('export.numbers')}>
        <h3 aria-hidden="true">{text('export.numbers')}</h3>
        {answers.length > 1 && (
          <SelectField size="s" label={text('export.of')} value={at} choices={answers.map((it, index) => ({ value: String(index), label: it.name }))} onChange={setAt} />
        )}
        <div className={style.formats}>
          {formats.map(({ key, query }) => (
            <Button key={key} size="s" aria-busy={busy === key} data-tip={text(`export.about.${key}`)} onClick={() => void doing(key, () => write(query))}>
              {text(`export.format.${key}`)}
            </Button>
          ))}
        </div>
      </div>
      {drawings.length > 0 && (
        <div className={style.group} role="group" aria-label={text('export.pictures')}>
          <h3 aria-hidden="true">{text('export.pictures')}</h3>
          <ul className={style.pictures}>
            {drawings.map((it, index) => (
              <li key={index}>
                <span title={it.name}>{it.name}</span>
                {(['svg', 'png'] as const).map((kind) => (
                  <Button
                    key={kind}
                    size="s"
                    aria-busy={busy === `${index} ${kind}`}
                    aria-label={text('export.pictureOf', { kind: kind.toUpperCase(), name: it.name })}
                    onClick={() => void doing(`${index} ${kind}`, () => draw(it, kind))}
                  >
                    {kind.toUpperCase()}
                  </Button>
                ))}
              </li>
            ))}
          </ul>
          <div className={style.formats}>
            <Button size="s" onClick={() => printPictures(drawings.map((it) => picture(it).svg))}>
              {text('export.print')}
            </Button>
          </div>
        </div>
      )}
      <p className={style.hint}>{text('export.note')}</p>
    </div>
  )
}

/** Range, filter, n and date as lines for a picture. */
function factLines({ facts }: ExportAnswer, text: Text, format: Format, locale: Locale, names: PeopleNames): string[] {
  const { range, zone, n, asked, filter, people, accounts } = facts
  const moment = (time: string) => formatMoment(time, locale, zone)
  return [
    isAllTime(range) ? text('export.allTime', { zone }) : text('export.range', { from: moment(range.from), to: moment(range.to), zone }),
    ...(filter === null ? [] : [text('export.filter', { rule: ruleWords(filter, text) })]),
    ...(people === null ? [] : [text('export.onlyPeople', { words: peopleWords(people, { text, format, names }) })]),
    ...(accounts === null ? [] : [text('account.counted', { type: accounts })]),
    text('export.facts', { n: format.count(n), asked: moment(asked) }),
  ]
}

/** The range that has no ends runs from the first instant that can be shown to the last. */
function isAllTime({ from, to }: ExportAnswer['facts']['range']): boolean {
  return Date.parse(from) <= 0 && Date.parse(to) > Date.UTC(9000, 0)
}

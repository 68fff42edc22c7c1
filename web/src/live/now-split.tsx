import { useState } from 'react'
import type { NowSplit } from '../api/now.ts'
import { useLabelName } from '../api/use-label-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import style from './now.module.css'

/** Lines that are shown before somebody asks for all. */
const LINES_SHOWN = 6

/** The half hour by one thing, the busiest first. */
export function NowSplitTable({ split, asked }: { readonly split: NowSplit; readonly asked: string }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useLabelName()
  const [isAll, setAll] = useState(false)
  const lines = isAll ? split.lines : split.lines.slice(0, LINES_SHOWN)
  const most = Math.max(1, ...split.lines.map((it) => it.events))
  const hidden = split.lines.length - lines.length
  return (
    <div className={style.split}>
      <table>
        <caption className="visually-hidden">{text(`now.by.${split.by}`)}</caption>
        <thead>
          <tr>
            <th scope="col">{text(`now.by.${split.by}`)}</th>
            <th scope="col" data-number>
              {text('now.events')}
            </th>
            <th scope="col" data-number>
              {text('now.profiles')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const name = nameOf(split.by, line.label)
            return (
              <tr key={JSON.stringify(line.label)}>
                <th scope="row" title={name} data-none={typeof line.label === 'string' || undefined}>
                  <span>{name}</span>
                  <Meter share={line.events / most} />
                </th>
                <td data-number>{format.count(line.events)}</td>
                <td data-number>
                  <Count value={line.profiles} people={{ of: { report: split.report }, select: line.select, title: name, asked }} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {split.lines.length === 0 && <p className={style.note}>{text('now.none')}</p>}
      {hidden > 0 && (
        <Button size="s" look="quiet" onClick={() => setAll(true)}>
          {text('look.moreLines', { count: hidden })}
        </Button>
      )}
      {hidden === 0 && split.more > 0 && <p className={style.note}>{text('now.more', { count: split.more })}</p>}
    </div>
  )
}

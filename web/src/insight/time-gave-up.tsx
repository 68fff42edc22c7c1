import type { NthStays, StageTimeReply } from '../api/stage-time.ts'
import { Survival } from '../chart/survival.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { SMALL } from './funnel.ts'
import { nthShares, type StayRow } from './time.ts'
import style from './time.module.css'

type GaveUpProps = { readonly here: StayRow; readonly rows: readonly StayRow[]; readonly reply: StageTimeReply }

/** Who gives up: after how long in a stage, and after how many stays. */
export function GaveUpView({ here, rows, reply }: GaveUpProps) {
  const text = useText()
  const format = useFormat()
  const title = text('time.gaveUp', { name: here.name })
  const last = here.gaveUp.at(-1)
  return (
    <div className={style.near}>
      <Section title={title} note={text('time.gaveUpNote')}>
        {last === undefined ? (
          <p className={style.hint}>{text('time.gaveUpNone', { name: here.name })}</p>
        ) : (
          <>
            <TableTwin
              label={title}
              twin={{
                head: [text('time.stage'), text('time.afterTime'), text('time.gaveUpShare')],
                rows: rows.flatMap((row) => row.gaveUp.map((it) => [row.name, format.span(it.ms), text('time.interval', { share: format.share(it.share), low: format.share(it.low), high: format.share(it.high) })])),
              }}
            >
              <Survival
                label={text('time.gaveUpLabel', { name: here.name, share: format.share(last.share), span: format.span(last.ms) })}
                lines={rows.map((row) => ({ key: row.id, name: row.name, points: row.gaveUp, stations: [] }))}
                focus={here.id}
                start={0}
                showSpan={format.span}
                showShare={format.share}
              />
            </TableTwin>
            <p className={style.hint}>
              {text('time.gaveUpAbout', { share: format.share(last.share), low: format.share(last.low), high: format.share(last.high), span: format.span(last.ms) })}
            </p>
          </>
        )}
      </Section>
      <Section title={text('time.byStay')} note={text('time.byStayNote')}>
        <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('time.byStay') })}>
          <table className={style.nth}>
            <thead>
              <tr>
                <th scope="col">{text('time.nth')}</th>
                {(['profiles', 'wentOn', 'silent', 'stillIn'] as const).map((it) => (
                  <th key={it} scope="col" data-number>
                    {text(`time.${it}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {reply.numbers.by_stay.map((row) => (
                <NthRow key={row.nth} row={row} reply={reply} />
              ))}
            </tbody>
          </table>
        </div>
        <p className={style.hint}>{text('time.byStayAbout')}</p>
      </Section>
    </div>
  )
}

function NthRow({ row, reply }: { readonly row: NthStays; readonly reply: StageTimeReply }) {
  const text = useText()
  const format = useFormat()
  const number = format.count(row.nth)
  const name = text(row.is_or_later ? 'time.nthOrLater' : 'time.nthStay', { number })
  const people = (part: string, title: string) => ({ of: { report: reply.report }, select: { kind: 'stage_time', of: { nth: { nth: row.nth, part } } }, title })
  const parts = { next: text('time.wentOn'), silent: text('time.silent'), still_in: text('time.stillIn') }
  return (
    <tr data-small={row.stays.times < SMALL || undefined}>
      <th scope="row">{name}</th>
      <td data-number>
        <Count value={row.stays.profiles} people={people('stays', name)} />
      </td>
      {nthShares(row).map(({ part, profiles, share }) => (
        <td key={part} data-number data-part={part} data-tip={text('time.nthOf', { part: format.count(row[part].times), whole: format.count(row.stays.times) })}>
          <Count value={profiles} shown={format.share(share)} people={people(part, `${name} · ${parts[part]}`)} />
        </td>
      ))}
    </tr>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type DataQuality, qualityQuery } from '../api/quality.ts'
import { reportQuery } from '../api/report.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { reasonText } from '../i18n/reason-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { WideTable } from '../ui/wide-table.tsx'
import { arrivalShares, botReasons, duplicateShare, funnelWithoutBots, missingShare } from './quality.ts'
import style from './catalogue.module.css'

const spans = ['28', '56', '182'] as const

/** How far the data can be trusted, and how much each doubt could move the numbers. */
export function QualityPage() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const [days, setDays] = useState<(typeof spans)[number]>('56')
  const quality = useQuery(qualityQuery(ws, Number(days)))
  return (
    <Page
      title={text('page.quality')}
      note={text('quality.note')}
      actions={
        <Segments
          label={text('quality.range')}
          value={days}
          segments={spans.map((value) => ({ value, label: text('quality.weeks', { count: Number(value) / 7 }) }))}
          onChange={setDays}
        />
      }
    >
      {quality.error !== null ? (
        <Failed error={quality.error} onRetry={() => void quality.refetch()} />
      ) : quality.data === undefined ? (
        <Loading rows={9} />
      ) : (
        <Shown quality={quality.data} />
      )}
    </Page>
  )
}

function Shown({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  if (quality.bots.all.events === 0 && quality.sources.length === 0) return <Empty title={text('quality.nothing')}>{text('quality.nothingNote')}</Empty>
  return (
    <>
      <Figures quality={quality} />
      <Gaps quality={quality} />
      <Arrivals quality={quality} />
      <Bots quality={quality} />
      <Sources quality={quality} />
      <Unrated quality={quality} />
      <HeldBack quality={quality} />
    </>
  )
}

function Figures({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  const format = useFormat()
  const { late, ahead } = arrivalShares(quality)
  const { out_of_order: order, bots } = quality
  const figures: readonly (readonly [string, string])[] = [
    [text('quality.events'), format.count(bots.all.events)],
    [text('quality.missing'), format.shareIfAny(missingShare(quality))],
    [text('quality.late'), format.shareIfAny(late)],
    [text('quality.ahead'), format.shareIfAny(ahead)],
    [text('quality.disordered'), format.shareIfAny(shareOf(order.disordered, order.events))],
    [text('quality.duplicate'), format.shareIfAny(duplicateShare(quality))],
    [text('quality.suspects'), format.shareIfAny(shareOf(bots.suspects.events, bots.all.events))],
  ]
  return (
    <dl className={style.figures}>
      {figures.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Gaps({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  const judged = quality.sources.reduce((sum, it) => sum + it.hours_judged, 0)
  return (
    <Section title={text('quality.gaps')} note={text('quality.gapsNote')}>
      {judged === 0 ? (
        <Empty small title={text('quality.gapsUnknown')} />
      ) : quality.gaps.length === 0 ? (
        <Empty small title={text('quality.noGaps', { count: judged })} />
      ) : (
        <WideTable name={text('quality.gaps')} first={text('quality.source')} words={[text('quality.from'), text('quality.to')]} heads={[text('quality.came'), text('quality.expected')]}>
          {quality.gaps.map((it) => (
            <tr key={`${it.source} ${it.from}`}>
              <th scope="row">{nameOf(it.source) ?? text('quality.sourceNumber', { number: it.source })}</th>
              <td>{format.moment(it.from)}</td>
              <td>{format.moment(it.to)}</td>
              <td data-number>{format.count(it.events)}</td>
              <td data-number>{format.count(Math.round(it.expected))}</td>
            </tr>
          ))}
        </WideTable>
      )}
    </Section>
  )
}

function Arrivals({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  return (
    <Section title={text('quality.arrivals')} note={text('quality.arrivalsNote', { count: quality.looked_at })}>
      {quality.arrivals.length === 0 ? (
        <Empty small title={text('quality.noArrivals')} />
      ) : (
        <WideTable
          name={text('quality.arrivals')}
          first={text('quality.source')}
          words={[text('quality.library')]}
          heads={[text('quality.lookedAt'), text('quality.late'), text('quality.ahead'), text('quality.median'), text('quality.p95')]}
        >
          {quality.arrivals.map((it) => (
            <tr key={`${it.source} ${it.library ?? ''}`}>
              <th scope="row">{nameOf(it.source) ?? text('quality.sourceNumber', { number: it.source })}</th>
              <td>{it.library ?? '–'}</td>
              <td data-number>{format.count(it.events)}</td>
              <td data-number>{format.shareIfAny(shareOf(it.late, it.events))}</td>
              <td data-number>{format.shareIfAny(shareOf(it.ahead, it.events))}</td>
              <td data-number>{format.span(it.delay_ms_median)}</td>
              <td data-number>{format.span(it.delay_ms_p95)}</td>
            </tr>
          ))}
        </WideTable>
      )}
      <p className={style.hint}>
        {text('quality.orderNote', { events: format.count(quality.out_of_order.disordered), all: format.count(quality.out_of_order.events), profiles: format.count(quality.out_of_order.profiles) })}
      </p>
    </Section>
  )
}

function Bots({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  const format = useFormat()
  const { bots, goal } = quality
  const share = (part: number, all: number) => format.shareIfAny(shareOf(part, all))
  const rows = botReasons.flatMap((reason) => {
    const counts = bots.by_reason[reason]
    return counts === undefined ? [] : [{ reason, ...counts }]
  })
  return (
    <Section title={text('quality.bots')} note={text('quality.botsNote')} aside={<WithoutBots goal={goal ?? null} />}>
      {rows.length === 0 ? (
        <Empty small title={text('quality.noBots')} />
      ) : (
        <WideTable
          name={text('quality.bots')}
          first={text('quality.why')}
          heads={[text('quality.events'), text('quality.ofEvents'), text('quality.profiles'), text('quality.ofProfiles'), ...(goal == null ? [] : [text('quality.ofGoal', { name: goal.step })])]}
        >
          {[...rows.map((it) => ({ ...it, title: text(`quality.reason.${it.reason}`) })), { reason: 'all', title: text('quality.allSuspects'), ...bots.suspects }].map((it) => (
            <tr key={it.reason}>
              <th scope="row">{it.title}</th>
              <td data-number>{format.count(it.events)}</td>
              <td data-number>{share(it.events, bots.all.events)}</td>
              <td data-number>{format.count(it.profiles)}</td>
              <td data-number>{share(it.profiles, bots.all.profiles)}</td>
              {goal != null && <td data-number>{share(it.goals, bots.all.goals)}</td>}
            </tr>
          ))}
        </WideTable>
      )}
    </Section>
  )
}

/** The funnel that was saved last, else a new one, without bots. */
function WithoutBots({ goal }: { readonly goal: DataQuality['goal'] }) {
  const text = useText()
  const { id: ws, zone } = useWorkspace()
  const stored = useQuery({ ...reportQuery(ws, goal?.report ?? ''), enabled: goal != null })
  const saved = stored.data?.report.kind === 'funnel' ? { id: stored.data.id, funnel: stored.data.report } : null
  // Until the saved one is here nothing is offered in its place.
  if (goal != null && stored.isPending) return null
  return (
    <Link className={style.back} to="/w/$ws/funnel" params={{ ws }} search={{ ask: funnelWithoutBots(saved?.funnel ?? null, zone), ...(saved === null ? {} : { saved: saved.id }) }}>
      {saved === null ? text('bots.newFunnel') : text('bots.funnel', { title: goal?.title ?? '' })}
    </Link>
  )
}

function Sources({ quality }: { readonly quality: DataQuality }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useSourceName()
  return (
    <Section title={text('quality.sources')} note={text('quality.sourcesNote')}>
      <WideTable
        name={text('quality.sources')}
        first={text('quality.source')}
        heads={[text('quality.inRange'), text('quality.missingCount'), text('quality.stored'), text('quality.duplicates'), text('quality.heldBack'), text('quality.faulty')]}
      >
        {quality.sources.map((it) => (
          <tr key={it.source}>
            <th scope="row">{nameOf(it.source) ?? text('quality.sourceNumber', { number: it.source })}</th>
            {[it.events, Math.round(it.missing), it.stored, it.duplicate, it.quarantined, it.faulty].map((count, index) => (
              <td key={index} data-number>
                {format.count(count)}
              </td>
            ))}
          </tr>
        ))}
      </WideTable>
    </Section>
  )
}

/** Amounts that are in no sum, by what was sent as their currency. */
function Unrated({ quality }: { readonly quality: DataQuality }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const { unrated } = quality
  if (unrated.events === 0) return null
  return (
    <Section
      title={text('money.unratedTitle')}
      note={text('money.unratedNote')}
      aside={
        <Link className={style.back} to="/w/$ws/settings" params={{ ws }}>
          {text('money.toRates')}
        </Link>
      }
    >
      <WideTable name={text('money.unratedTitle')} first={text('money.currencySent')} heads={[text('quality.events')]}>
        {unrated.currencies.map((it) => (
          <tr key={it.currency}>
            <th scope="row">{it.currency}</th>
            <td data-number>{format.count(it.events)}</td>
          </tr>
        ))}
        {unrated.events_unlisted > 0 && (
          <tr>
            <th scope="row">{text('money.others')}</th>
            <td data-number>{format.count(unrated.events_unlisted)}</td>
          </tr>
        )}
      </WideTable>
    </Section>
  )
}

function HeldBack({ quality }: { readonly quality: DataQuality }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  return (
    <Section
      title={text('quality.quarantined')}
      note={text('quality.quarantinedNote')}
      aside={
        <Link className={style.back} to="/w/$ws/sources" params={{ ws }} search={{ tab: 'quarantine' }}>
          {text('quality.look')}
        </Link>
      }
    >
      {quality.quarantined.length === 0 ? (
        <Empty small title={text('quality.noneHeld')} />
      ) : (
        <WideTable name={text('quality.quarantined')} first={text('quality.why')} heads={[text('quality.events')]}>
          {quality.quarantined.map((it) => (
            <tr key={it.reason}>
              <th scope="row">{reasonText(text, it.reason)}</th>
              <td data-number>{format.count(it.count)}</td>
            </tr>
          ))}
        </WideTable>
      )}
    </Section>
  )
}

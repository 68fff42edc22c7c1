import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { LiveEvent } from '../api/live.ts'
import { type Channel, channels } from '../api/model.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { ChannelBadge } from '../ui/channel.tsx'
import type { Column } from '../ui/data-table.ts'
import { DataTable } from '../ui/data-table.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Page, Section } from '../ui/page.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { filterLive, keyOf } from './live.ts'
import style from './live.module.css'
import { LiveInspector } from './live-inspector.tsx'
import type { LiveSearch } from './live-search.ts'
import { NowSection } from './now-section.tsx'
import { useLive } from './use-live.ts'

/** What happens now: the last half hour in numbers, and events as they arrive. */
export function LivePage() {
  const text = useText()
  const format = useFormat()
  const { state, act, first } = useLive()
  const search = useSearch({ from: '/w/$ws/live' })
  const navigate = useNavigate({ from: '/w/$ws/live' })
  const [open, setOpen] = useState<LiveEvent | null>(null)
  const change = (next: LiveSearch) => void navigate({ search: () => ({ ...search, ...next }), replace: true })
  const events = filterLive(state.shown, { text: search.q ?? '', channel: search.channel ?? null, verdict: search.verdict ?? null })
  const pause = state.isPaused ? (
    <Button look="primary" icon="play" onClick={() => act({ kind: 'go_on' })}>
      {state.waiting.length === 0 ? text('live.goOn') : text('live.goOnWith', { count: state.waiting.length })}
    </Button>
  ) : (
    <Button icon="pause" onClick={() => act({ kind: 'pause' })}>
      {text('live.pause')}
    </Button>
  )
  return (
    <Page title={text('page.live')} note={text('live.note')} actions={pause} wide>
      <NowSection isPaused={state.isPaused} />
      <Section title={text('live.events')} note={text('live.eventsNote')}>
        <div className={style.filters}>
          <SearchField label={text('live.search')} value={search.q ?? ''} onSearch={(q) => change({ q: q === '' ? undefined : q })} />
          <SelectField<Channel | 'all'>
            label={text('live.channel')}
            labelHidden
            value={search.channel ?? 'all'}
            choices={[{ value: 'all', label: text('live.allChannels') }, ...channels.map((it) => ({ value: it, label: text(`channel.${it}`) }))]}
            onChange={(it) => change({ channel: it === 'all' ? undefined : it })}
          />
          <SelectField<LiveEvent['verdict'] | 'all'>
            label={text('live.verdict')}
            labelHidden
            value={search.verdict ?? 'all'}
            choices={[
              { value: 'all', label: text('live.allVerdicts') },
              ...(['stored', 'duplicate', 'quarantined'] as const).map((it) => ({ value: it, label: text(`live.verdicts.${it}`) })),
            ]}
            onChange={(it) => change({ verdict: it === 'all' ? undefined : it })}
          />
        </div>
        {first.error !== null ? (
          <Failed error={first.error} onRetry={() => void first.refetch()} />
        ) : first.data === undefined ? (
          <Loading rows={10} />
        ) : state.shown.length === 0 ? (
          <Empty art="quiet" title={text('live.empty')}>
            {text('live.emptyNote')}
          </Empty>
        ) : events.length === 0 ? (
          <Empty small title={text('live.noneFit')} />
        ) : (
          <DataTable
            label={text('page.live')}
            columns={columnsOf(text, format)}
            rows={events}
            rowKey={keyOf}
            height="min(520px, calc(100dvh - 252px))"
            onOpen={(event) => {
              act({ kind: 'pause' })
              setOpen(event)
            }}
          />
        )}
      </Section>
      {open !== null && <LiveInspector event={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}

function columnsOf(text: Text, format: Format): readonly Column<LiveEvent>[] {
  return [
    { key: 'received', title: text('live.received'), width: '84px', cell: (event) => <span className={style.time}>{format.clock(event.received)}</span> },
    { key: 'name', title: text('live.event'), width: 'minmax(140px, 1.4fr)', cell: (event) => <span className={style.name}>{event.name}</span> },
    { key: 'channel', title: text('live.channel'), width: '120px', cell: (event) => <ChannelBadge channel={event.channel} /> },
    { key: 'profile', title: text('live.profile'), width: 'minmax(120px, 1.2fr)', cell: (event) => event.label },
    { key: 'verdict', title: text('live.verdict'), width: '120px', cell: (event) => <Verdict event={event} text={text} /> },
  ]
}

function Verdict({ event, text }: { readonly event: LiveEvent; readonly text: Text }) {
  return (
    <span className={style.verdict} data-verdict={event.verdict} data-tip={event.reason ?? undefined}>
      {text(`live.verdicts.${event.verdict}`)}
    </span>
  )
}

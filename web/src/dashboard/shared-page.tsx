import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { type Shared, sharedOtherSideQuery, sharedQuery, type SharedTile, sharedTileQuery } from '../api/dashboard.ts'
import type { Range } from '../api/model.ts'
import { useFormat, ZoneContext } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { LabelNamesContext } from '../insight/use-label-text.ts'
import { isRefusal } from '../lib/api-error.ts'
import { Age } from '../ui/age.tsx'
import { IconButton } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Mark } from '../ui/mark.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { CardFrame, CardNumbers, CardRange, CardText, GoneCard } from './card-frame.tsx'
import style from './dashboard.module.css'
import page from './shared.module.css'

/** As high as this and there is room for more than the main drawing. */
const TALL = 3

/** What a link shows to whoever has it: numbers and drawings, and nothing that leads further. */
export function SharedPage() {
  const text = useText()
  const { token } = useParams({ from: '/shared/$token' })
  const shared = useQuery(sharedQuery(token))
  const title = shared.data?.title
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · Throughline`
  }, [title])
  return (
    <main className={page.page}>
      {isRefusal(shared.error, 'share.unknown') ? (
        <Empty isPage art="search" title={text('shared.dead')}>
          {text('shared.deadNote')}
        </Empty>
      ) : shared.error !== null && shared.data === undefined ? (
        <Failed isPage error={shared.error} onRetry={() => void shared.refetch()} />
      ) : shared.data === undefined ? (
        <Loading rows={8} />
      ) : (
        <ZoneContext value={shared.data.zone}>
          <SharedDashboard token={token} shared={shared.data} />
        </ZoneContext>
      )}
      <footer className={page.foot}>
        <Mark size={16} /> {text('shared.foot')}
      </footer>
    </main>
  )
}

function SharedDashboard({ token, shared }: { readonly token: string; readonly shared: Shared }) {
  const text = useText()
  const format = useFormat()
  const { range } = useSearch({ from: '/shared/$token' })
  const navigate = useNavigate({ from: '/shared/$token' })
  const asking = shared.tiles.filter((it) => isReport(it))
  const answers = useQueries({ queries: asking.map((it) => sharedTileQuery(token, it.id, range)) })
  const taken = answers.flatMap((it) => it.data?.taken ?? []).toSorted()[0]
  const nameOf = useMemo(() => (field: string, id: string) => shared.names.find((it) => it.field === field && it.id === id)?.name ?? null, [shared.names])
  const who = shared.author == null ? text('shared.byNobody') : text('shared.by', { name: shared.author })
  const until = shared.expires == null ? text('shared.open') : text('shared.until', { time: format.moment(shared.expires) })
  return (
    <LabelNamesContext value={nameOf}>
      <header className={page.header}>
        <div>
          <h1>{shared.title}</h1>
          {shared.description !== '' && <p>{shared.description}</p>}
          <p className={style.quiet}>
            {who} · {until}
          </p>
        </div>
        <div className={page.actions}>
          {taken !== undefined && (
            <span className={style.quiet}>
              {text('dashboard.age')} <Age time={taken} />
            </span>
          )}
          <IconButton icon="refresh" label={text('dashboard.refresh')} aria-busy={answers.some((it) => it.isFetching)} onClick={() => answers.forEach((it) => void it.refetch())} />
          <RangePicker
            range={range ?? shared.range ?? null}
            own={text('dashboard.ownRanges')}
            isAllOffered={false}
            {...(range === undefined ? {} : { onOwn: () => void navigate({ search: {}, replace: true, resetScroll: false }) })}
            onChange={(next) => void navigate({ search: { range: next }, replace: true, resetScroll: false })}
          />
        </div>
      </header>
      <ol className={style.grid} aria-label={text('dashboard.cards')}>
        {shared.tiles.map((tile) => {
          const answer = answers[asking.indexOf(tile)]
          const name = tile.title === '' ? text(isText(tile) ? 'dashboard.textCard' : 'dashboard.card') : tile.title
          const isTall = shared.kind === 'report' || tile.height >= TALL
          return (
            <li
              key={tile.id}
              className={style.card}
              data-width={tile.width}
              data-height={tile.height}
              data-text={isText(tile) || undefined}
            >
              <CardFrame
                name={name}
                title={isText(tile) ? tile.title : name}
                note={tile.note}
                aside={answer?.data !== undefined && <CardRange answer={answer.data} />}
              >
                {tile.content === 'nothing' ? (
                  <GoneCard />
                ) : 'text' in tile.content ? (
                  <CardText content={tile.content.text} />
                ) : (
                  <>
                    <CardNumbers answer={answer?.data} error={answer?.error ?? null} onRetry={() => void answer?.refetch()} isTall={isTall} />
                    {tile.against != null && <OtherSide token={token} tile={tile} range={range} isTall={isTall} />}
                  </>
                )}
              </CardFrame>
            </li>
          )
        })}
      </ol>
    </LabelNamesContext>
  )
}

type SideProps = { readonly token: string; readonly tile: SharedTile; readonly range: Range | undefined; readonly isTall: boolean }

/** The same report about what it is compared with, below it. */
function OtherSide({ token, tile, range, isTall }: SideProps) {
  const text = useText()
  const other = useQuery(sharedOtherSideQuery(token, tile.id, range))
  // A range of the reader's own may leave nothing before it.
  if (tile.against == null || isRefusal(other.error, 'document.unknown')) return null
  return (
    <section className={page.other}>
      <h3>{text('tileCompare.with', { side: text(`compare.kind.${tile.against}`) })}</h3>
      {other.data !== undefined && <CardRange answer={other.data} />}
      <CardNumbers answer={other.data} error={other.error} onRetry={() => void other.refetch()} isTall={isTall} />
    </section>
  )
}

function isReport({ content }: SharedTile): boolean {
  return content !== 'nothing' && 'report' in content
}

function isText({ content }: SharedTile): boolean {
  return content !== 'nothing' && 'text' in content
}

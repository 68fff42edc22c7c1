import { type ReactNode, useContext } from 'react'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Empty, Loading } from '../ui/look.tsx'
import { type Moved, type StageChange, stageChanges, writtenLanes } from './changes.ts'
import style from './changes.module.css'
import { useDrawing, useEditorState } from './editor.ts'
import { MapPeopleContext } from './map-people.ts'
import { selectStage } from './select.ts'
import { spanWords } from './step-name.ts'

/** So many channels of a stage are told. */
const CHANNELS_TOLD = 4

/** What changes from each stage to the next, lane by lane; a lane without data says so. */
export function ChangesView() {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const map = useDrawing()
  const numbers = useEditorState((state) => state.numbers)
  if (numbers === null) return <Loading rows={6} />
  const stages = stageChanges(map, numbers)
  if (stages.length === 0) return <Empty title={text('changes.empty')}>{text('changes.emptyNote')}</Empty>
  const share = (value: number) => format.share(value)
  const points = (by: number) => text('changes.points', { points: format.points(by) })
  const span = (ms: number) => spanWords(ms, format, text)
  const later = (by: number) => text(by < 0 ? 'changes.earlier' : 'changes.later', { span: span(Math.abs(by)) })
  const rows: readonly { readonly key: string; readonly name: string; readonly note: string; readonly cell: (stage: StageChange) => ReactNode }[] = [
    {
      key: 'people',
      name: text('map.row.people.name'),
      note: text('changes.ofAll'),
      cell: (it) => (
        <MovedCell moved={it.share} by={points}>
          <Count value={it.people} shown={it.share.value === null ? '–' : share(it.share.value)} people={{ of, select: selectStage(it.id), title: it.title }} />
        </MovedCell>
      ),
    },
    {
      key: 'time',
      name: text('map.row.reach.name'),
      note: text('changes.reach'),
      cell: (it) => (
        <MovedCell moved={it.reachMs} by={later}>
          {it.reachMs.value === null ? null : span(it.reachMs.value)}
        </MovedCell>
      ),
    },
    {
      key: 'exits',
      name: text('map.row.exits.name'),
      note: text('changes.exits'),
      cell: (it) => (
        <MovedCell moved={it.exits} by={points}>
          {it.exits.value === null ? null : share(it.exits.value)}
        </MovedCell>
      ),
    },
    {
      key: 'channels',
      name: text('map.row.channels.name'),
      note: text('changes.channels'),
      cell: (it) =>
        it.channels.length === 0 ? (
          <NoData />
        ) : (
          <ul>
            {it.channels.slice(0, CHANNELS_TOLD).map((channel) => (
              <li key={channel.channel}>
                {text(`channel.${channel.channel}`)} <b>{share(channel.share)}</b>
                {channel.by !== null && <Change words={points(channel.by)} />}
              </li>
            ))}
          </ul>
        ),
    },
    ...writtenLanes.map((lane) => ({
      key: lane,
      name: text(`map.row.${lane}.name`),
      note: text('changes.written'),
      cell: (it: StageChange) => {
        const written = it.written[lane] ?? []
        if (written.length === 0) return <NoData />
        return (
          <ul>
            {written.map(({ step, words }) => (
              <li key={step}>
                <small>{step}</small> {words}
              </li>
            ))}
          </ul>
        )
      },
    })),
  ]
  return (
    <div className={style.scroll} tabIndex={0} role="region" aria-label={text('changes.view')}>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{text('map.lane')}</span>
            </th>
            {stages.map((it) => (
              <th key={it.id} scope="col">
                {it.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                {row.name}
                <small>{row.note}</small>
              </th>
              {stages.map((it) => (
                <td key={it.id}>{row.cell(it)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={style.about}>{text('changes.about')}</p>
    </div>
  )
}

function MovedCell({ moved, by, children }: { readonly moved: Moved; readonly by: (by: number) => string; readonly children: ReactNode }) {
  if (moved.value === null) return <NoData />
  return (
    <>
      <b className={style.value}>{children}</b>
      {moved.by !== null && <Change words={by(moved.by)} />}
    </>
  )
}

/** More or less than at the stage before; neither is good or bad by itself. */
function Change({ words }: { readonly words: string }) {
  return <span className={style.by}>{words}</span>
}

function NoData() {
  const text = useText()
  return <span className={style.none}>{text('changes.none')}</span>
}

import type { ObjectStory } from '../api/object.ts'
import { useKinds } from '../api/use-kinds.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Empty } from '../ui/look.tsx'
import style from './object.module.css'
import { stopsOf } from './object.ts'

/** The states of an object on one line from the top down, with how long it was in each, and where the promise lies. */
export function ObjectStates({ story }: { readonly story: ObjectStory }) {
  const text = useText()
  const format = useFormat()
  const kinds = useKinds()
  const stops = stopsOf(story)
  if (story.passages.length === 0) return <Empty small title={text('object.noStates')}>{text('object.noStatesNote')}</Empty>
  return (
    <ol className={style.states}>
      {stops.map((stop) =>
        stop.kind === 'promise' ? (
          <li key={`promise ${stop.at}`} className={style.promised}>
            <span className={style.station} />
            <span className={style.name}>{text('object.promisedHere')}</span>
            <time dateTime={stop.at}>{format.moment(stop.at)}</time>
          </li>
        ) : (
          <li key={`${stop.state} ${stop.at}`} data-now={stop.ms === null || undefined}>
            <span className={style.station} />
            <span className={style.name}>{kinds.state(story.kind, stop.state)}</span>
            <time dateTime={stop.at}>{format.moment(stop.at)}</time>
            <span className={style.stay}>{stop.ms === null ? (story.is_over ? '' : text('object.stillHere', { span: format.span(Math.max(0, Date.parse(story.followed_to) - Date.parse(stop.at))) })) : text('object.stayed', { span: format.span(stop.ms) })}</span>
          </li>
        ),
      )}
    </ol>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { profileSegmentsQuery } from '../api/segment.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './profile.module.css'

/** The segments that a profile is in now, and since when. */
export function ProfileSegments({ profile }: { readonly profile: string }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const { data, error } = useQuery(profileSegmentsQuery(ws, profile))
  return (
    <>
      <h2>{text('page.segments')}</h2>
      {error !== null ? (
        <p className={style.none}>{errorText(text, error)}</p>
      ) : data === undefined ? (
        <p className={style.none}>{text('look.loading')}</p>
      ) : data.segments.length === 0 ? (
        <p className={style.none}>{text('segment.inNone')}</p>
      ) : (
        <dl className={style.pairs}>
          {data.segments.map((it) => (
            <div key={it.id}>
              <dt>
                <Link to="/w/$ws/segments/$segment" params={{ ws, segment: it.id }}>
                  {it.title}
                </Link>
              </dt>
              <dd>
                <small>{it.since == null ? text('segment.sinceUnknown') : text('segment.since', { time: format.moment(it.since) })}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}

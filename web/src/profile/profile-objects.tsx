import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type ObjectFacts, profileObjectsQuery } from '../api/object.ts'
import { type Kinds, useKinds } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { StandingBadge } from '../ui/standing.tsx'
import style from './profile-objects.module.css'
import shared from './profile.module.css'

/** So many are seen at once; the others are a press away. */
const SEEN = 6

/** Orders, shipments and tickets of a profile: where each is, since when, and whether its promise is kept. */
export function ProfileObjects({ profile }: { readonly profile: string }) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const kinds = useKinds()
  const [isAll, setAll] = useState(false)
  const { data, error } = useQuery(profileObjectsQuery(ws, profile, format.zone))
  const shown = isAll ? data?.objects : data?.objects.slice(0, SEEN)
  return (
    <section aria-label={text('object.ofProfile')}>
      <h2 className={shared.heading}>{text('object.ofProfile')}</h2>
      {error !== null ? (
        <p className={shared.none}>{errorText(text, error)}</p>
      ) : data === undefined || shown === undefined ? (
        <p className={shared.none}>{text('look.loading')}</p>
      ) : shown.length === 0 ? (
        <p className={shared.none}>{text('object.noneOfProfile')}</p>
      ) : (
        <>
          <ul className={style.objects}>
            {shown.map((it) => (
              <ObjectRow key={`${it.kind} ${it.id}`} ws={ws} object={it} kinds={kinds} />
            ))}
          </ul>
          {data.objects.length > SEEN && (
            <Button size="s" look="quiet" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
              {isAll ? text('object.fewer') : text('object.more', { count: data.objects.length - SEEN, shown: format.count(data.objects.length - SEEN) })}
            </Button>
          )}
          {data.found > data.objects.length && <p className={shared.none}>{text('object.listed', { shown: format.count(data.objects.length), all: format.count(data.found) })}</p>}
        </>
      )}
    </section>
  )
}

function ObjectRow({ ws, object, kinds }: { readonly ws: string; readonly object: ObjectFacts; readonly kinds: Kinds }) {
  const text = useText()
  return (
    <li>
      <Link to="/w/$ws/objects/$kind/$object" params={{ ws, kind: object.kind, object: object.id }}>
        <small>{kinds.kind(object.kind)}</small> {object.id}
      </Link>
      <span className={style.state}>
        {object.state == null ? text('object.noState') : kinds.state(object.kind, object.state)} {object.since != null && <Age time={object.since} />}
      </span>
      {object.promise != null && object.promise.standing !== 'untold' ? <StandingBadge promise={object.promise} /> : <span />}
    </li>
  )
}

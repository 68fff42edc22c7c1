import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useDebouncedCallback } from '@mantine/hooks'
import { type ReactNode, useId, useState } from 'react'
import { type LinkMoments, momentsQuery } from '../api/identity.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { clockTime, instantOf } from '../lib/clock-time.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { PeopleContext, useOpenPeople } from '../ui/people.ts'
import { toastFailure } from '../ui/toast.tsx'
import { placeAt, placesOf } from './as-of.ts'
import style from './as-of.module.css'
import { FilterBar } from './filter-bar.tsx'
import { useAsOf, useAsOfWords } from './use-as-of.ts'

/** Long enough for another step of the slider, short enough not to be waited for. */
const PAUSE_MS = 350

/** Says as of when the page takes who is one person, and changes it in place. */
export function AsOfFilter() {
  const text = useText()
  const { asOf, choose } = useAsOf()
  const words = useAsOfWords()
  const [isOpen, setOpen] = useState(false)
  const clear = () => {
    choose(undefined)
    setOpen(false)
  }
  return (
    <FilterBar
      label={text('then.choose')}
      icon="clock"
      name={text('then.title')}
      words={words ?? text('then.now')}
      isSome={asOf !== undefined}
      isOpen={isOpen}
      onToggle={() => setOpen(!isOpen)}
      clearLabel={text('then.clear')}
      onClear={clear}
    >
      <Editor />
    </FilterBar>
  )
}

/** Says that what stands below is not of now, and what is. */
export function AsOfMark() {
  const text = useText()
  const words = useAsOfWords()
  return words === null ? null : (
    <p className={style.mark} role="status">
      <b>{text('then.identities', { words })}</b>
      <span>{text('then.markNote')}</span>
    </p>
  )
}

/** Lists of people behind the numbers of the page are of the same moment as the numbers. */
export function PeopleOfThen({ children }: { readonly children: ReactNode }) {
  const { asOf } = useAsOf()
  const open = useOpenPeople()
  return <PeopleContext value={open === null || asOf === undefined ? open : (target) => open({ ...target, asOf })}>{children}</PeopleContext>
}

function Editor() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { asOf } = useAsOf()
  const told = useQuery(momentsQuery(ws, asOf === undefined ? {} : { as_of: asOf }))
  const all = useQuery(momentsQuery(ws))
  if (all.error !== null) return <Failed small error={all.error} onRetry={() => void all.refetch()} />
  if (all.data === undefined) return <Loading rows={2} />
  if (all.data.position === 0) return <p className={style.hint}>{text('then.empty')}</p>
  return (
    <>
      <Slider moments={all.data} />
      <MomentForm at={told.data?.asked?.at ?? null} />
      <p className={style.hint}>{text('then.about')}</p>
    </>
  )
}

/** A slider over the link log, from before its first line to now. */
function Slider({ moments: { moments, position } }: { readonly moments: LinkMoments }) {
  const text = useText()
  const format = useFormat()
  const { asOf, choose } = useAsOf()
  const id = useId()
  const places = placesOf(moments, position)
  // What is under the finger, until it has rested and stands in the URL.
  const [moved, setMoved] = useState<{ readonly to: number; readonly of: number | undefined } | null>(null)
  const settle = useDebouncedCallback((index: number) => {
    const place = places[index]
    if (place !== undefined) choose(place === 'now' ? undefined : place)
  }, PAUSE_MS)
  const index = moved !== null && moved.of === asOf ? Math.min(moved.to, places.length - 1) : placeAt(places, asOf, position)
  const place = places[index] ?? 'now'
  const at = moments.find((it) => it.lines === place)?.at
  const words =
    place === 'now' ? text('then.now') : at == null ? text('then.before') : text('then.at', { moment: format.moment(at), count: place, shown: format.count(place) })
  return (
    <div className={style.slider}>
      <span>
        <label htmlFor={id}>{text('then.slider')}</label> <b>{words}</b>
      </span>
      <input
        id={id}
        type="range"
        min={0}
        max={places.length - 1}
        value={index}
        aria-valuetext={words}
        onChange={(event) => {
          const to = Number(event.currentTarget.value)
          setMoved({ to, of: asOf })
          settle(to)
        }}
      />
      <small>{text('then.lines', { count: position, shown: format.count(position) })}</small>
    </div>
  )
}

/** A date and a time, for which the server says how many lines had arrived. */
function MomentForm({ at }: { readonly at: string | null }) {
  const text = useText()
  const { zone } = useFormat()
  const { id: ws } = useWorkspace()
  const client = useQueryClient()
  const { asOf, choose } = useAsOf()
  // What was typed stands until another moment is chosen than the one that it led to.
  const [typed, setTyped] = useState<{ readonly time: string; readonly of: number | undefined } | null>(null)
  const [isFaulty, setFaulty] = useState(false)
  const written = typed !== null && typed.of === asOf ? typed.time : at === null ? '' : clockTime(at, zone)
  const show = async () => {
    const instant = instantOf(written, zone)
    setFaulty(instant === null)
    if (instant === null) return
    try {
      const { asked } = await client.fetchQuery({ ...momentsQuery(ws, { at: instant }), staleTime: 0 })
      const lines = asked?.lines ?? 0
      setTyped({ time: written, of: lines })
      choose(lines)
    } catch (error) {
      toastFailure(error)
    }
  }
  return (
    <form
      className={style.moment}
      onSubmit={(event) => {
        event.preventDefault()
        void show()
      }}
    >
      <TextField
        type="datetime-local"
        step={1}
        size="s"
        label={text('then.moment', { zone })}
        fault={isFaulty ? text('then.fault') : undefined}
        value={written}
        onChange={(next) => {
          setTyped({ time: next, of: asOf })
          setFaulty(false)
        }}
      />
      <Button size="s" type="submit">
        {text('then.show')}
      </Button>
    </form>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useRef, useState } from 'react'
import { createMap, discoverMap } from '../api/map.ts'
import type { Matcher, Range } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed } from '../ui/look.tsx'
import { takesAll } from '../ui/matcher.ts'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { RangePicker } from '../ui/range-picker.tsx'
import { DiscoveryPreview } from './discovery-preview.tsx'
import style from './map.module.css'
import { matcherTitle } from './step-name.ts'

/** Chooses a goal, shows the map that would be made from what people did, and makes it. */
export function DiscoverDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText()
  const form = useId()
  const { id: ws } = useWorkspace()
  const format = useFormat()
  const navigate = useNavigate()
  const source = useMatcherSource()
  const [goal, setGoal] = useState<Matcher>({})
  const [range, setRange] = useState<Range>({ last: '30d', zone: format.zone })
  const [title, setTitle] = useState('')
  const asking = useRef<AbortController | null>(null)
  useEffect(() => () => asking.current?.abort(), [])
  const name = title.trim() === '' ? text('map.discoveredTitle', { goal: matcherTitle(goal, source.touchpoints, text, source.signals) }) : title.trim()
  const discover = useMutation({
    mutationFn: () => {
      asking.current = new AbortController()
      return discoverMap(ws, goal, range, name, asking.current.signal)
    },
  })
  const make = useMutation({
    mutationFn: (discovered: NonNullable<typeof discover.data>) => createMap(ws, { ...discovered.map, title: name }),
    onSuccess: (map) => navigate({ to: '/w/$ws/maps/$map', params: { ws, map } }),
  })
  const found = discover.data
  const refused = takesAll(goal) ? text('map.goalFirst') : undefined
  const isBusy = discover.isPending || make.isPending
  return (
    <Dialog
      title={text('map.discover')}
      width={620}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          {found === undefined ? (
            <Button type="submit" form={form} look="primary" icon="spark" refused={refused} aria-busy={isBusy}>
              {discover.isPending ? text('map.discovering') : text('map.preview')}
            </Button>
          ) : (
            <Button look="primary" aria-busy={isBusy} onClick={() => isBusy || make.mutate(found)}>
              {text('map.makeMap')}
            </Button>
          )}
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !isBusy) discover.mutate()
        }}
      >
        <p>{text('map.discoverNote')}</p>
        <MatcherPicker
          label={text('map.goalLabel')}
          value={goal}
          source={source}
          onChange={(next) => {
            setGoal(next)
            discover.reset()
          }}
        />
        <div style={{ display: 'flex', gap: 12, alignItems: 'flex-end' }}>
          <div style={{ flex: 1 }}>
            <TextField label={text('map.title')} placeholder={takesAll(goal) ? undefined : name} maxLength={200} value={title} onChange={setTitle} />
          </div>
          <RangePicker
            range={range}
            onChange={(next) => {
              setRange(next)
              discover.reset()
            }}
          />
        </div>
      </form>
      {discover.error !== null && <Failed small error={discover.error} />}
      {make.error !== null && <Failed small error={make.error} />}
      {found !== undefined && <DiscoveryPreview discovery={found} />}
    </Dialog>
  )
}

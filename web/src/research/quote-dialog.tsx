import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mapQuery, mapsQuery } from '../api/map.ts'
import { type Quote, suggestionsQuery } from '../api/research.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { vocabularyQuery } from '../api/vocabulary.ts'
import { useText } from '../i18n/use-text.ts'
import { feelings } from '../quote/feeling.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { AddField, type Chip, Chips, PersonField, SegmentsField } from './link-fields.tsx'
import style from './research.module.css'

type QuoteDialogProps = {
  readonly heading: string
  readonly quote: Quote
  /** Names of steps that are known already. */
  readonly places: readonly { readonly map: string; readonly step: string; readonly title: string }[]
  readonly onSave: (quote: Quote) => Promise<void>
  readonly onClose: () => void
}

type Place = { readonly map: string; readonly step: string }

const keyOf = ({ map, step }: Place) => `${map} ${step}`

/** What some words are about, and how they feel. */
export function QuoteDialog({ heading, quote: before, places, onSave, onClose }: QuoteDialogProps) {
  const text = useText()
  const [quote, setQuote] = useState(before)
  const [isBusy, setBusy] = useState(false)
  const change = (part: Partial<Quote>) => setQuote((now) => ({ ...now, ...part }))
  const save = async () => {
    setBusy(true)
    try {
      await onSave(quote)
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={heading}
      width={620}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button look="primary" aria-busy={isBusy} onClick={() => void save()}>
            {text('research.saveQuote')}
          </Button>
        </>
      }
    >
      <div className={style.form}>
        <blockquote className={style.words}>{quote.words}</blockquote>
        <Steps quote={quote} places={places} onChange={change} />
        <Touchpoints quote={quote} onChange={change} />
        <WordsField label={text('research.events')} hint={text('research.eventsHint')} words={quote.events ?? []} onChange={(events) => change({ events })} />
        <SelectField
          size="s"
          label={text('research.feelingLabel')}
          value={quote.feeling == null ? '' : String(quote.feeling)}
          choices={[{ value: '', label: text('research.feelingNone') }, ...feelings.map((it) => ({ value: String(it.value), label: text(`research.feeling.${it.name}`) }))]}
          onChange={(value) => change({ feeling: value === '' ? null : Number(value) })}
        />
        <WordsField label={text('research.tags')} hint={text('research.tagsHint')} words={quote.tags ?? []} onChange={(tags) => change({ tags })} />
        <SegmentsField segments={quote.segments ?? []} onChange={(segments) => change({ segments })} />
        <PersonField label={text('research.saidBy')} person={quote.person ?? null} onChange={(person) => change({ person })} />
      </div>
    </Dialog>
  )
}

type PartProps = { readonly quote: Quote; readonly onChange: (part: Partial<Quote>) => void }

/** Steps of maps: chosen by map, or taken from what the words name. */
function Steps({ quote, places, onChange }: PartProps & Pick<QuoteDialogProps, 'places'>) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data: maps } = useQuery(mapsQuery(ws))
  const [chosen, setChosen] = useState('')
  const map = chosen !== '' ? chosen : (maps?.maps[0]?.id ?? '')
  const { data: stored } = useQuery({ ...mapQuery(ws, map), enabled: map !== '' })
  const { data: named } = useQuery(suggestionsQuery(ws, quote.words))
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map(places.map((it) => [keyOf(it), it.title])))
  const steps = quote.steps ?? []
  const has = (place: Place) => steps.some((it) => keyOf(it) === keyOf(place))
  const add = (place: Place, title: string) => {
    setNames(new Map([...names, [keyOf(place), title]]))
    if (!has(place)) onChange({ steps: [...steps, { map: place.map, step: place.step }] })
  }
  const ofMap: Chip[] = (stored?.map.stages ?? []).flatMap((stage) => stage.steps).map((it) => ({ key: it.id, title: it.title }))
  const titleIn = (step: string) => text('research.place', { step: ofMap.find((it) => it.key === step)?.title ?? step, map: stored?.map.title ?? map })
  const suggested = (named?.steps ?? []).filter((it) => !has(it))
  return (
    <div>
      <div className={style.pair}>
        <SelectField
          size="s"
          label={text('research.map')}
          value={map}
          choices={(maps?.maps ?? []).length === 0 ? [{ value: '', label: text('research.noMaps') }] : (maps?.maps ?? []).map((it) => ({ value: it.id, label: it.title }))}
          onChange={setChosen}
        />
        <AddField label={text('research.step')} choices={ofMap.filter((it) => !has({ map, step: it.key }))} onAdd={(step) => add({ map, step }, titleIn(step))} />
      </div>
      <Chips label={text('research.stepsChosen')} chips={steps.map((it) => ({ key: keyOf(it), title: names.get(keyOf(it)) ?? it.step }))} onRemove={(key) => onChange({ steps: steps.filter((it) => keyOf(it) !== key) })} />
      {suggested.length > 0 && (
        <p className={style.suggested}>
          <span>{text('research.named')}</span>
          {suggested.map((it) => {
            const title = text('research.place', { step: it.step_title ?? it.step, map: it.map_title ?? it.map })
            return (
              <Button key={keyOf(it)} size="s" icon="plus" onClick={() => add(it, title)}>
                {title}
              </Button>
            )
          })}
        </p>
      )}
    </div>
  )
}

function Touchpoints({ quote, onChange }: PartProps) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(vocabularyQuery(ws))
  const known = (data?.vocabulary.touchpoints ?? []).map((it) => ({ key: it.id, title: it.name }))
  const chosen = quote.touchpoints ?? []
  const titleOf = (id: string) => known.find((it) => it.key === id)?.title ?? id
  return (
    <div>
      <AddField label={text('research.touchpoints')} choices={known.filter((it) => !chosen.includes(it.key))} onAdd={(id) => onChange({ touchpoints: [...chosen, id] })} />
      <Chips label={text('research.touchpointsChosen')} chips={chosen.map((id) => ({ key: id, title: titleOf(id) }))} onRemove={(id) => onChange({ touchpoints: chosen.filter((it) => it !== id) })} />
    </div>
  )
}

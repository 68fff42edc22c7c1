import { useContext } from 'react'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { stepsOf } from './edit.ts'
import { useDrawing, useEditorState } from './editor.ts'
import { MapPeopleContext } from './map-people.ts'
import style from './outline.module.css'
import { selectStep, selectTransition } from './select.ts'
import { afterWords, spanWords } from './step-name.ts'
import { useMapSearch } from './use-map-search.ts'

/** The map as a list in plain words: the same numbers for reading, printing and listening. */
export function OutlineView() {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const map = useDrawing()
  const numbers = useEditorState((state) => state.numbers)
  const own = useEditorState((state) => state.steps)
  const [, change] = useMapSearch()
  const titles = Object.fromEntries(stepsOf(map).map((it) => [it.id, it.title]))
  return (
    <div className={style.scroll} tabIndex={0} role="region" aria-label={map.title}>
      <ol className={style.stages}>
        {map.stages.map((stage) => (
          <li key={stage.id}>
            <h2>{stage.title}</h2>
            <ol>
              {stage.steps.map((step) => {
                const it = own[step.id]
                const ways = (numbers?.transitions ?? []).filter((way) => way.from === step.id).sort((a, b) => b.share - a.share)
                return (
                  <li key={step.id} className={style.step}>
                    <h3>
                      <button type="button" onClick={() => change({ step: step.id })}>
                        {step.title}
                      </button>
                    </h3>
                    {it !== undefined && (
                      <p>
                        <Count value={it.people} people={{ of, select: selectStep(step.id, 'people'), title: step.title }} />{' '}
                        {text('map.outline.people', { share: format.share(it.share) })}{' '}
                        {it.reach != null && text('map.outline.reach', { median: spanWords(it.reach.median_ms, format, text), p90: spanWords(it.reach.p90_ms, format, text) })}{' '}
                        {text('map.outline.exits', { share: format.share(it.exit_share), count: it.exits, shown: format.count(it.exits) })}{' '}
                        {text('map.outline.returns', { share: format.share(it.return_share) })}
                      </p>
                    )}
                    {ways.length > 0 && (
                      <ul className={style.ways}>
                        {ways.map((way) => (
                          <li key={way.to}>
                            {way.kind === 'loop'
                              ? text('map.outline.again')
                              : way.kind === 'return'
                                ? text('map.outline.back', { step: titles[way.to] ?? way.to })
                                : text('map.outline.on', { step: titles[way.to] ?? way.to })}{' '}
                            <Count
                              value={way.people}
                              shown={format.share(way.share)}
                              people={{ of, select: selectTransition(way), title: text('map.way', { from: step.title, to: titles[way.to] ?? way.to }) }}
                            />
                            <small>{afterWords(way.median_ms, format, text)}</small>
                          </li>
                        ))}
                      </ul>
                    )}
                  </li>
                )
              })}
            </ol>
          </li>
        ))}
      </ol>
    </div>
  )
}

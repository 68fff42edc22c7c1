import { useContext, useState } from 'react'
import type { Coverage } from '../api/map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Count } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { SidePanel } from '../ui/side-panel.tsx'
import { placeFor, stepsOf } from './edit.ts'
import { useDrawing, useEditorState } from './editor.ts'
import { MapPeopleContext } from './map-people.ts'
import style from './map.module.css'
import { selectUnexplained, selectWhole } from './select.ts'
import { StepDialog } from './step-dialog.tsx'
import { titleOf } from './step-name.ts'
import { useMapSearch } from './use-map-search.ts'

/** How much of what people do the map explains, and what it does not. */
export function CoveragePanel() {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const coverage = useEditorState((state) => state.numbers?.coverage)
  const [, change] = useMapSearch()
  return (
    <SidePanel title={text('map.coverage')} note={text('map.coverageNote')} width={480} onClose={() => change({ panel: undefined })}>
      {coverage !== undefined && (
        <>
          <div className={style.cover}>
            <div>
              <strong>{format.share(coverage.events_share)}</strong>
              <span>{text('map.ofEvents')}</span>
              <Meter share={coverage.events_share} />
            </div>
            <div>
              <strong>{format.share(coverage.paths_share)}</strong>
              <span>
                <Count value={coverage.people_whole} people={{ of, select: selectWhole('whole'), title: text('map.wholePaths') }} /> {text('map.ofPaths')}
              </span>
              <Meter share={coverage.paths_share} />
            </div>
          </div>
          <Unexplained coverage={coverage} />
        </>
      )}
    </SidePanel>
  )
}

function Unexplained({ coverage }: { readonly coverage: Coverage }) {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  const map = useDrawing()
  const canEdit = useEditorState((state) => state.canEdit)
  const [adding, setAdding] = useState<Coverage['unexplained'][number] | null>(null)
  const titles = Object.fromEntries(stepsOf(map).map((it) => [it.id, it.title]))
  if (coverage.unexplained.length === 0) {
    return (
      <Empty small title={text('map.allExplained')}>
        {text('map.allExplainedNote')}
      </Empty>
    )
  }
  return (
    <section className={style.panelPart} aria-label={text('map.unexplained')}>
      <h3>{text('map.unexplained')}</h3>
      <ul className={style.ways}>
        {coverage.unexplained.map((it) => (
          <li key={it.name}>
            <span>
              <dfn>{it.name}</dfn>
              <small>{text('map.unexplainedEvents', { count: it.events, shown: format.count(it.events), share: format.share(it.share) })}</small>
              {it.mostly_after != null && <small>{text('map.mostlyAfter', { step: titles[it.mostly_after] ?? it.mostly_after })}</small>}
            </span>
            <span className={style.number}>
              <Count value={it.profiles} people={{ of, select: selectUnexplained(it.name), title: it.name }} />
              <small>{text('map.people')}</small>
            </span>
            <Button
              size="s"
              icon="plus"
              aria-label={text('map.addAsStep', { name: it.name })}
              refused={canEdit ? undefined : text('map.cannotEdit')}
              onClick={() => setAdding(it)}
            >
              {text('map.step')}
            </Button>
          </li>
        ))}
      </ul>
      {coverage.unexplained_rest > 0 && <p className={style.rest}>{text('map.unexplainedRest', { count: coverage.unexplained_rest, shown: format.count(coverage.unexplained_rest) })}</p>}
      {adding !== null && (
        <StepDialog {...placeFor(map, adding.mostly_after ?? null)} title={titleOf(adding.name)} matcher={{ events: [adding.name] }} onClose={() => setAdding(null)} />
      )}
    </section>
  )
}

import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { mapQuery, type StoredMap } from '../api/map.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { Failed, Loading } from '../ui/look.tsx'
import { ChangesView } from './changes-view.tsx'
import { CoveragePanel } from './coverage-panel.tsx'
import { EditorContext } from './editor.ts'
import { GridView } from './grid-view.tsx'
import { MapFoot } from './map-foot.tsx'
import { MapHeader } from './map-header.tsx'
import { MapPeopleContext } from './map-people.ts'
import style from './map.module.css'
import { OutlineView } from './outline-view.tsx'
import { StepPanel } from './step-panel.tsx'
import { UnsavedBar } from './unsaved-bar.tsx'
import { useMapEditor } from './use-map.ts'
import { useSelected } from '../lib/store.ts'

const FlowView = lazy(() => import('./flow-view.tsx').then((it) => ({ default: it.FlowView })))

/** One map: drawn as a grid, as a flow or as a list, with its numbers live. */
export function MapPage() {
  const { map } = useParams({ from: '/w/$ws/maps/$map' })
  const { id: ws } = useWorkspace()
  const { data } = useSuspenseQuery(mapQuery(ws, map))
  return <LoadedMap key={`${ws} ${map}`} stored={data} />
}

function LoadedMap({ stored }: { readonly stored: StoredMap }) {
  const { view = 'grid', heat = 'none', range, panel, step } = useSearch({ from: '/w/$ws/maps/$map' })
  const { editor, numbers } = useMapEditor(stored, heat, range)
  const isStored = useSelected(editor.store, (state) => state.history.present === state.saved)
  const drawing = useSelected(editor.store, (state) => state.history.present)
  const people = isStored && range === undefined ? { map: stored.id } : { draft: range === undefined ? drawing : { ...drawing, range } }
  return (
    <EditorContext value={editor}>
      <MapPeopleContext value={people}>
        <div className={style.page}>
          <MapHeader id={stored.id} isAsking={numbers.isFetching} />
          <div className={style.body}>
            {numbers.error !== null && <Failed small error={numbers.error} onRetry={() => void numbers.refetch()} />}
            {view === 'grid' && <GridView />}
            {view === 'flow' && (
              <Suspense fallback={<Loading />}>
                <FlowView />
              </Suspense>
            )}
            {view === 'outline' && <OutlineView />}
            {view === 'changes' && <ChangesView />}
            <UnsavedBar id={stored.id} />
          </div>
          <MapFoot />
        </div>
        {panel === 'coverage' && <CoveragePanel />}
        {step !== undefined && panel === undefined && <StepPanel step={step} />}
      </MapPeopleContext>
    </EditorContext>
  )
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { countedPart, type Map, mapNumbersQuery, mapQuery, saveMap, type StoredMap } from '../api/map.ts'
import type { Range } from '../api/model.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { createStore, useSelected } from '../lib/store.ts'
import { toast } from '../ui/toast.tsx'
import { type Editor, type EditorAction, reduce, startEditor } from './editor.ts'
import type { Heat } from './heat.ts'

/** Waits for the typing to end before numbers are asked for a drawing that changes. */
const SETTLE_MS = 400

/** The map as it is edited, with its numbers coming in. */
export function useMapEditor(stored: StoredMap, heat: Heat, range: Range | undefined) {
  const workspace = useWorkspace()
  const [editor] = useState((): Editor => {
    const store = createStore(startEditor(stored.map, stored.version, canEditMaps(workspace.role)))
    return { store, act: (action: EditorAction) => store.set(reduce(store.get(), action)) }
  })
  useEffect(() => editor.act({ kind: 'loaded', map: stored.map, version: stored.version }), [editor, stored])
  const drawing = useSelected(editor.store, (state) => state.history.present)
  const asked = useSettled(range === undefined ? drawing : { ...drawing, range })
  const numbers = useQuery(mapNumbersQuery(workspace.id, asked))
  useEffect(() => {
    if (numbers.data !== undefined) editor.act({ kind: 'numbers', numbers: numbers.data })
  }, [editor, numbers.data])
  useEffect(() => editor.act({ kind: 'heat', heat }), [editor, heat])
  return { editor, numbers }
}

/** The counted part of a drawing, once it stands still. */
function useSettled(map: Map): Map {
  const counted = countedPart(map)
  const key = JSON.stringify(counted)
  const latest = useRef(counted)
  latest.current = counted
  const [settled, setSettled] = useState({ key, map: counted })
  useEffect(() => {
    if (settled.key === key) return
    const timer = setTimeout(() => setSettled({ key, map: latest.current }), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [key, settled.key])
  return settled.map
}

/** Saves the drawing, and says so. */
export function useSave(id: string, editor: Editor) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const save = useMutation({
    mutationFn: async () => {
      const { history, version } = editor.store.get()
      const map = history.present
      return { map, version: await saveMap(ws, id, version, map) }
    },
    onSuccess: ({ map, version }) => {
      editor.act({ kind: 'saved', map, version })
      toast(text('map.saved'))
    },
  })
  return save
}

/** Loads the stored map again and throws away what was not saved. */
export function useReload(id: string) {
  const client = useQueryClient()
  const { id: ws } = useWorkspace()
  return useCallback(() => client.resetQueries({ queryKey: mapQuery(ws, id).queryKey }), [client, ws, id])
}

import type { Map } from '../api/map.ts'
import { download, fileName } from '../lib/download.ts'

/** The drawing itself, to be kept with other files or read in again. */
export function downloadJson(map: Map): void {
  download(fileName(map.title, 'map', 'json'), new Blob([JSON.stringify(map, null, 2)], { type: 'application/json' }))
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Each folder uses only folders above it in this list; features come next and never use each other; pages that are composed of features come after them, and what leads to all pages last. */
const layers = [['lib'], ['i18n'], ['api'], ['ui'], ['chart'], ['canvas'], ['report'], ['join'], ['quote']] as const
const features = ['access', 'catalogue', 'home', 'identity', 'insight', 'link', 'live', 'map', 'object', 'privacy', 'profile', 'research', 'segment', 'settings', 'shell', 'source', 'sql', 'vocabulary']
const composed = ['dashboard']
/** Knows where every page is. */
const last = 'routes'
/** These draw and know no server: of the API they may use types only. */
const drawing = ['ui', 'chart', 'canvas']

type Import = { readonly from: string; readonly to: string; readonly isType: boolean }

const rows = new Map<string, number>([
  ...layers.flatMap((row, index) => row.map((it): [string, number] => [it, index])),
  ...features.map((it): [string, number] => [it, layers.length]),
  ...composed.map((it): [string, number] => [it, layers.length + 1]),
  [last, layers.length + 2],
])

/** The edges between folders that the layers do not allow. */
function findBreaches(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to, isType }) => {
    const [fromRow, toRow] = [rows.get(from), rows.get(to)]
    if (from === to) return []
    if (fromRow === undefined || toRow === undefined) return [`${from} > ${to}: a folder is in no layer`]
    if (toRow >= fromRow) return [`${from} > ${to}`]
    return drawing.includes(from) && to === 'api' && !isType ? [`${from} > ${to}: not only types`] : []
  })
}

function readImports(root: string): Import[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((it) => /(?<!\.test)\.tsx?$/.test(it) && it.includes('/'))
  return files.flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8')
    const folderOf = (path: string) => normalize(path).split('/')[0] ?? ''
    return [...code.matchAll(/(import|export)( type)?[^'"`;]*?['"](\.[^'"]+)['"]/g)].map((found) => ({
      from: folderOf(file),
      to: folderOf(relative(root, join(root, dirname(file), found[3] ?? ''))),
      isType: found[2] !== undefined,
    }))
  })
}

test('folders import only what lies below them', () => {
  const imports = readImports(fileURLToPath(new URL('.', import.meta.url)))
  expect(imports.length).toBeGreaterThan(50)
  expect(findBreaches(imports)).toEqual([])
})

test('a breach is found', () => {
  const edge = (from: string, to: string, isType = false): Import => ({ from, to, isType })
  expect(
    findBreaches([edge('map', 'profile'), edge('lib', 'ui'), edge('ui', 'api'), edge('ui', 'api', true), edge('map', 'canvas'), edge('misc', 'lib')]),
  ).toEqual(['map > profile', 'lib > ui', 'ui > api: not only types', 'misc > lib: a folder is in no layer'])
})

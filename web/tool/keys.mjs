// Holds the texts of the interface: every language complete, every text used, none outside the languages.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareLanguages, findUnused, readSources } from './texts.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** The texts of a language: those of the first page, and those of the others. @param {string} name */
const read = (name) => Object.assign({}, ...[name, `${name}.pages`].map((it) => JSON.parse(readFileSync(join(root, 'src/i18n', `${it}.json`), 'utf8'))))
const languages = new Map([
  ['en', read('en')],
  ['zh-CN', read('zh-cn')],
  ['zh-TW', read('zh-tw')],
])
const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((it) => it.isFile() && /\.tsx?$/.test(it.name) && !it.name.endsWith('.test.ts'))
  .map((it) => join(it.parentPath, it.name))
  .map((path) => ({ name: relative(root, path), code: readFileSync(path, 'utf8') }))

const { literals, beginnings, faults } = readSources(sources)
const unused = findUnused(languages.get('en'), literals, beginnings).map((key) => `en: ${key} is used nowhere`)
const found = [...compareLanguages(languages), ...unused, ...faults]
for (const fault of found) console.error(fault)
console.log(`${languages.size} languages, ${sources.length} sources, ${found.length} faults`)
process.exitCode = found.length === 0 ? 0 : 1

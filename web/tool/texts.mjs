/** What must hold for the texts of the interface. Pure: texts and sources in, faults out. */
import ts from 'typescript'

/** @typedef {{ readonly [key: string]: string | Tree }} Tree */
/** @typedef {{ readonly name: string, readonly code: string }} Source */

const PLURALS = ['zero', 'one', 'two', 'few', 'many', 'other']

/**
 * Every text by its whole key.
 * @param {Tree} tree
 * @param {string} [prefix]
 * @returns {Map<string, string>}
 */
export function flatten(tree, prefix = '') {
  /** @type {Map<string, string>} */
  const texts = new Map()
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') texts.set(`${prefix}${name}`, value)
    else for (const [key, text] of flatten(value, `${prefix}${name}.`)) texts.set(key, text)
  }
  return texts
}

/** The key without the ending that says which plural it is. @param {string} key */
function baseOf(key) {
  const ending = PLURALS.find((it) => key.endsWith(`_${it}`))
  return ending === undefined ? key : key.slice(0, -ending.length - 1)
}

/** @param {string} text */
function placeholders(text) {
  return [...new Set([...text.matchAll(/{{\s*([^},\s]+)[^}]*}}/g)].map((it) => it[1]))].sort().join(', ')
}

/**
 * Compares the languages with the first one.
 * @param {ReadonlyMap<string, Tree>} languages
 * @returns {string[]}
 */
export function compareLanguages(languages) {
  const faults = []
  const flat = [...languages].map(([locale, tree]) => /** @type {const} */ ([locale, flatten(tree)]))
  const first = flat[0]
  if (first === undefined) return ['there is no language']
  const [home, texts] = first
  const bases = new Set([...texts.keys()].map(baseOf))
  for (const [locale, own] of flat) {
    const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
    const ownBases = new Set([...own.keys()].map(baseOf))
    for (const base of bases) if (!ownBases.has(base)) faults.push(`${locale}: ${base} is missing`)
    for (const [key, text] of own) {
      const base = baseOf(key)
      if (!bases.has(base)) faults.push(`${locale}: ${key} is not in ${home}`)
      if (text.trim() === '') faults.push(`${locale}: ${key} is empty`)
      const [model] = [...texts].find(([it]) => baseOf(it) === base) ?? []
      const modelText = model === undefined ? undefined : texts.get(model)
      if (modelText !== undefined && placeholders(modelText) !== placeholders(text)) {
        faults.push(`${locale}: ${key} has the placeholders [${placeholders(text)}], ${home} has [${placeholders(modelText)}]`)
      }
      if (base === key) continue
      for (const ending of wanted) if (!own.has(`${base}_${ending}`)) faults.push(`${locale}: ${base}_${ending} is missing`)
    }
  }
  return [...new Set(faults)]
}

/** Attributes that a person reads or hears. */
const SPOKEN = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'alt', 'data-tip', 'hint', 'label', 'note', 'placeholder', 'title'])

/**
 * What the sources say: string literals, the beginnings of composed keys, and texts that stand outside the languages.
 * @param {readonly Source[]} sources
 */
export function readSources(sources) {
  /** @type {Set<string>} */
  const literals = new Set()
  /** @type {Set<string>} */
  const beginnings = new Set()
  /** @type {string[]} */
  const faults = []
  for (const { name, code } of sources) {
    const file = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
    /** @param {ts.Node} node @param {string} text */
    const refuse = (node, text) => {
      if (!/\p{L}{2}/u.test(text)) return
      const { line } = file.getLineAndCharacterOfPosition(node.getStart())
      faults.push(`${name}:${line + 1}: "${text.trim()}" is written outside the languages`)
    }
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isJsxText(node)) refuse(node, node.text)
      if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer !== undefined) {
        if (ts.isStringLiteral(node.initializer)) refuse(node, node.initializer.text)
      }
      if (ts.isStringLiteralLike(node)) literals.add(node.text)
      if (ts.isTemplateExpression(node)) beginnings.add(node.head.text)
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return { literals, beginnings, faults }
}

/**
 * Keys that no source asks for.
 * @param {Tree} tree
 * @param {ReadonlySet<string>} literals
 * @param {ReadonlySet<string>} beginnings
 */
export function findUnused(tree, literals, beginnings) {
  const composed = [...beginnings].filter((it) => it.includes('.'))
  return [...new Set([...flatten(tree).keys()].map(baseOf))].filter(
    (key) => !literals.has(key) && !composed.some((it) => key.startsWith(it)),
  )
}

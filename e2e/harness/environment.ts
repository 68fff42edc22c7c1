import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What `cargo xtask e2e` and `make test` hand over. */
function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set; run the browser tests with \`make e2e\``)
  }
  return value
}

/** The binary under test. */
export const binaryPath = required('THROUGHLINE_BIN')

/** Names the folder in which loaded shops are kept for as long as the tests run. */
export const SHOPS = 'THROUGHLINE_SHOPS'
export const shopsFolder = () => required(SHOPS)

/** The browser of the distribution. */
export const chromiumPath = required('THROUGHLINE_CHROMIUM')

/** Where the counts for the summary go. */
export const reportFile =
  process.env.THROUGHLINE_REPORT ?? fileURLToPath(new URL('../test-results/report.json', import.meta.url))

/** Folder for pictures of every page; none are taken when it is not set. */
export const pictureFolder = process.env.THROUGHLINE_PICTURES

/** Whether each step of a test that fails can be looked at afterwards. */
export const keepsTraces = process.env.THROUGHLINE_TRACES !== undefined

/** The folder of public data sets beside the repository, when it is there. */
export const sharedData = [process.env.THROUGHLINE_SHARED, fileURLToPath(new URL('../../../shared', import.meta.url))]
  .filter((folder) => folder !== undefined)
  .map((folder) => `${folder}/data`)
  .find((folder) => existsSync(folder))

const isRoot = process.getuid?.() === 0

/** Nothing that talks to anyone but us; no sandbox only where it cannot work. */
export const chromiumArgs = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  ...(isRoot ? ['--no-sandbox'] : []),
]

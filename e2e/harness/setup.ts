import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SHOPS } from './environment.ts'

/** Makes the folder that all workers share, and takes it away after the last test. */
export default async function setUp(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-shops-'))
  process.env[SHOPS] = folder
  return () => rm(folder, { recursive: true, force: true })
}

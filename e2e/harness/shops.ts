import { execFile } from 'node:child_process'
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { binaryPath, shopsFolder } from './environment.ts'

const run = promisify(execFile)

/** Loading a shop takes as long as its customers are many, so each is loaded once a run and copied. */
export async function copyShop(args: readonly string[], dataFolder: string): Promise<void> {
  const kept = join(shopsFolder(), args.join('_').replaceAll(/[^\w]/g, ''))
  if (!(await exists(kept))) await loadShop(args, kept)
  await cp(kept, dataFolder, { recursive: true })
}

async function loadShop(args: readonly string[], kept: string): Promise<void> {
  const making = `${kept}.${process.pid}`
  await mkdir(shopsFolder(), { recursive: true })
  await run(binaryPath, ['demo', '--data', making, '--no-serve', ...args])
  try {
    await rename(making, kept)
  } catch (error) {
    // Another worker may have been quicker.
    await rm(making, { recursive: true, force: true })
    if (!(await exists(kept))) throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../.cache/', import.meta.url))
const requirements = fileURLToPath(new URL('../sdk/requirements.txt', import.meta.url))

/** A Python of our own with the SDKs in it, made once for each list of them. None where there is no Python to make it from. */
export async function pythonWithSdks(): Promise<string | undefined> {
  const venv = join(cache, 'python')
  const python = join(venv, 'bin/python')
  const mark = join(venv, 'installed')
  const run = (program: string, args: string[]) => execFileSync(program, args, { stdio: 'ignore' })
  try {
    run('python3', ['-c', 'import ensurepip, venv'])
  } catch {
    return undefined
  }
  await mkdir(cache, { recursive: true })
  await alone(join(cache, 'python.lock'), async () => {
    const wanted = await readFile(requirements, 'utf8')
    const installed = await readFile(mark, 'utf8').catch(() => '')
    if (installed === wanted) return
    run('python3', ['-m', 'venv', '--clear', venv])
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements])
    await writeFile(mark, wanted)
  })
  return python
}

const LOOKS_MAX = 400
const LOOK_EVERY_MS = 500

/** Does something while no other worker does it, which a folder tells. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (!isOurs) {
      await wait(LOOK_EVERY_MS)
      continue
    }
    try {
      return await work()
    } finally {
      await rmdir(lock)
    }
  }
  throw new Error(`${lock} is still there; remove it if no test runs`)
}

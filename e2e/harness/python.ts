import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const wanted = await readFile(requirements, 'utf8')
  const installed = await readFile(mark, 'utf8').catch(() => '')
  if (installed !== wanted) {
    await mkdir(cache, { recursive: true })
    run('python3', ['-m', 'venv', '--clear', venv])
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements])
    await writeFile(mark, wanted)
  }
  return python
}

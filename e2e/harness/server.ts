import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { binaryPath } from './environment.ts'

/** A running binary in a folder of its own. */
export type Server = {
  readonly url: string
  /** The one-time link that makes the owner. None once the folder has an owner. */
  readonly setupUrl: string | undefined
  readonly folder: string
  /** Ends the process and removes the folder. */
  readonly stop: () => Promise<void>
}

export type ServerOptions = {
  /** Further arguments of the command. */
  readonly args?: readonly string[]
  /** `demo` loads the demo shop first. */
  readonly command?: 'serve' | 'demo'
}

const START_MS_MAX = 100_000

/** Starts the binary on a free port and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-e2e-'))
  const args = [options.command ?? 'serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0']
  const child = spawn(binaryPath, [...args, ...(options.args ?? [])], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await listening(child)), folder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listening(child: ChildProcess): Promise<{ url: string; setupUrl: string | undefined }> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`the binary ${reason}; it said:\n${said.slice(-40).join('\n')}`))
    const timer = setTimeout(() => fail(`did not listen within ${START_MS_MAX} ms`), START_MS_MAX)
    const read = (line: string) => {
      said.push(line)
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      const setupUrl = /open (http:\/\/\S+\/setup\?token=\S+)/.exec(said.join('\n'))?.[1]
      resolve({ url: url.replace(/\/$/, ''), setupUrl })
    }
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read)
    }
    child.once('error', (error) => fail(`did not start (${error.message})`))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${signal ?? code}`)
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(timer)
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { binaryPath } from './environment.ts'
import { copyShop } from './shops.ts'

/** A running binary in a folder of its own. */
export type Server = {
  readonly url: string
  /** The one-time link of the start: it makes the owner, or opens the demo. */
  readonly link: string | undefined
  readonly dataFolder: string
  /** Ends the process with no chance to tidy up, and starts it again on the same folder and port. */
  readonly killAndRestart: () => Promise<void>
  /** Ends the process and removes the folder. */
  readonly stop: () => Promise<void>
}

export type ServerOptions = {
  /** `demo` has the demo shop in it. */
  readonly command?: 'serve' | 'demo'
  /** Further arguments of the command. */
  readonly args?: readonly string[]
  /** Settings, as the environment gives them. */
  readonly env?: Readonly<Record<string, string>>
}

type Running = { readonly child: ChildProcess; readonly url: string; readonly link: string | undefined }

const START_MS_MAX = 100_000

/** Starts the binary on a free port and waits until it listens. */
export async function startServer({ command = 'serve', args = [], env = {} }: ServerOptions = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-e2e-'))
  const dataFolder = join(folder, 'data')
  const start = (name: string, listen: string) =>
    launch([name, '--data', dataFolder, '--listen', listen, ...args], folder, env)
  const remove = () => rm(folder, { recursive: true, force: true })
  let running: Running
  try {
    if (command === 'demo') await copyShop(args, dataFolder)
    running = await start(command, '127.0.0.1:0')
  } catch (error) {
    await remove()
    throw error
  }
  const { url, link } = running
  return {
    url,
    link,
    dataFolder,
    killAndRestart: async () => {
      await end(running.child, 'SIGKILL')
      running = await start('serve', new URL(url).host)
    },
    stop: async () => {
      await end(running.child, 'SIGTERM')
      await remove()
    },
  }
}

async function launch(args: readonly string[], folder: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const child = spawn(binaryPath, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    return { child, ...(await listening(child)) }
  } catch (error) {
    await end(child, 'SIGKILL')
    throw error
  }
}

function listening(child: ChildProcess): Promise<Omit<Running, 'child'>> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer)
      reject(new Error(`the binary ${reason}; it said:\n${said.slice(-40).join('\n')}`))
    }
    const timer = setTimeout(() => fail(`did not listen within ${START_MS_MAX} ms`), START_MS_MAX)
    const read = (line: string) => {
      said.push(line)
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      const link = /open (http:\/\/\S+\?token=\S+)/.exec(said.join('\n'))?.[1]
      resolve({ url: url.replace(/\/$/, ''), link })
    }
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read)
    }
    child.once('error', (error) => fail(`did not start (${error.message})`))
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`))
  })
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(timer)
}

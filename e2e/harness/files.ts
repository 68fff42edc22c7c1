import { readFile } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import type { Locator, Page } from '@playwright/test'
import { expect } from './test.ts'

/** A file that the browser was handed. */
export type Taken = { readonly name: string; readonly bytes: Buffer }

/** Presses something and waits for the file that comes of it. */
export async function take(page: Page, button: Locator): Promise<Taken> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

/** The files in a ZIP archive by name, as its directory lists them. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'))
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)]
    const [name, extra, comment] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)]
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = bytes.subarray(start, start + packed)
    files.set(bytes.toString('utf8', at + 46, at + 46 + name), method === 8 ? inflateRawSync(content) : content)
    at += 46 + name + extra + comment
  }
  return files
}

/** Rows of a CSV file without quotes, lines that begin with `#` left out. */
export function csvRows({ bytes }: Taken): string[][] {
  const lines = bytes.toString('utf8').replace(/^\uFEFF/, '').split('\r\n')
  return lines.filter((it) => it !== '' && !it.startsWith('#')).map((it) => it.split(','))
}

/** Width and height of a PNG. */
export function pngSize({ bytes }: Taken): { readonly width: number; readonly height: number } {
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

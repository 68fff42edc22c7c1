import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { channels } from '../../api/model.ts'

type Rgb = readonly [number, number, number]

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const schemes = {
  light: css.slice(css.indexOf("[data-mantine-color-scheme='light']"), css.indexOf("[data-mantine-color-scheme='dark']")),
  dark: css.slice(css.indexOf("[data-mantine-color-scheme='dark']")),
}

function colorOf(scheme: keyof typeof schemes, name: string): Rgb {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(schemes[scheme])?.[1]
  if (hex === undefined) throw new Error(`${scheme} has no color ${name}`)
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(0), part(2), part(4)]
}

function contrast(one: Rgb, other: Rgb): number {
  const light = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
  const [a, b] = [light(one), light(other)]
  return a > b ? a / b : b / a
}

/** Full loss of one kind of cone, after Machado, Oliveira and Fernandes (2009). */
const eyes: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
}

function seen(color: Rgb, eye: readonly [Rgb, Rgb, Rgb]): Rgb {
  const [r, g, b] = color
  const row = (weights: Rgb) => Math.min(1, Math.max(0, weights[0] * r + weights[1] * g + weights[2] * b))
  return [row(eye[0]), row(eye[1]), row(eye[2])]
}

/** How different two colors look: distance in OKLab. */
function difference(one: Rgb, other: Rgb): number {
  const lab = ([r, g, b]: Rgb): Rgb => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  }
  const [a, b] = [lab(one), lab(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

const names = ['light', 'dark'] as const

test.each(names)('text can be read on every ground in the %s scheme', (scheme) => {
  for (const ground of ['paper', 'sunken', 'raised', 'hover']) {
    for (const ink of ['ink', 'ink-2', 'ink-3', 'accent', 'good', 'warn', 'bad']) {
      expect(contrast(colorOf(scheme, ink), colorOf(scheme, ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
  }
  expect(contrast(colorOf(scheme, 'on-accent'), colorOf(scheme, 'accent'))).toBeGreaterThanOrEqual(4.5)
  for (const level of [0, 1, 2, 3, 4, 5]) {
    expect(contrast(colorOf(scheme, 'on-heat'), colorOf(scheme, `heat-${level}`)), `heat ${level}`).toBeGreaterThanOrEqual(4.5)
  }
  for (const level of [1, 2, 3]) {
    expect(contrast(colorOf(scheme, 'on-heat'), colorOf(scheme, `cool-${level}`)), `cool ${level}`).toBeGreaterThanOrEqual(4.5)
  }
})

test.each(names)('every channel stands out from the paper in the %s scheme', (scheme) => {
  for (const channel of channels) {
    expect(contrast(colorOf(scheme, `channel-${channel}`), colorOf(scheme, 'paper')), channel).toBeGreaterThanOrEqual(3)
  }
})

test.each(names)('channels differ to usual and to color-blind eyes in the %s scheme', (scheme) => {
  for (const [name, eye] of Object.entries(eyes)) {
    for (const [index, one] of channels.entries()) {
      for (const other of channels.slice(0, index)) {
        const [a, b] = [colorOf(scheme, `channel-${one}`), colorOf(scheme, `channel-${other}`)]
        expect(difference(seen(a, eye), seen(b, eye)), `${one} and ${other} to ${name} eyes`).toBeGreaterThan(0.06)
      }
    }
  }
})

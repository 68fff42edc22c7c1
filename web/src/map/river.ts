import { curve, type Point } from '../chart/curve.ts'

/** One column of the through line: how wide it is there, and how much of it leaves. */
export type Reach = { readonly share: number; readonly exitShare: number }

export type River = {
  /** The outline of the line, from the left edge to the right. */
  readonly body: string
  /** Where it is lost: a strand that bends away below its column. */
  readonly exits: readonly { readonly path: string; readonly width: number }[]
  readonly stations: readonly Point[]
}

const [WIDTH_MIN, WIDTH_MAX] = [3, 40]
/** A map on which nobody gets far is not drawn as if many did. */
const SHARE_FULL_MIN = 0.2

/** Draws the line through columns of one width: its thickness goes with the share of people who are there, the largest is full. */
export function drawRiver(reaches: readonly Reach[], column: number, middle: number, bottom: number): River {
  const stations = reaches.map((_, index) => ({ x: (index + 0.5) * column, y: middle }))
  const most = Math.max(SHARE_FULL_MIN, ...reaches.map((it) => it.share))
  const full = WIDTH_MAX / most
  const thick = reaches.map(({ share }) => Math.max(WIDTH_MIN, share * full))
  const first = thick[0]
  const last = thick.at(-1)
  if (first === undefined || last === undefined) return { body: '', exits: [], stations }
  const edge = (sign: number): readonly Point[] => [
    { x: 0, y: middle + (sign * first) / 2 },
    ...stations.map(({ x }, index) => ({ x, y: middle + (sign * (thick[index] ?? WIDTH_MIN)) / 2 })),
    { x: reaches.length * column, y: middle + (sign * last) / 2 },
  ]
  const back = curve([...edge(1)].map(({ x, y }) => ({ x: -x, y })).reverse()).replace(/^M/, 'L')
  const body = `${curve(edge(-1))}${mirror(back)}Z`
  const exits = reaches.flatMap(({ share, exitShare }, index) => {
    const width = share * exitShare * full
    const station = stations[index]
    if (width < 0.6 || station === undefined) return []
    const from = { x: station.x, y: middle + (thick[index] ?? 0) / 2 - width / 2 }
    const bend = column * 0.3
    return [{ path: `M${from.x} ${from.y}C${from.x + bend * 0.7} ${from.y} ${from.x + bend} ${from.y + 6} ${from.x + bend} ${bottom}`, width }]
  })
  return { body, exits, stations }
}

/** Turns the signs of all x of a path; the curve is only drawn from left to right. */
function mirror(path: string): string {
  let isX = false
  return path.replace(/-?\d+(\.\d+)?/g, (number) => {
    isX = !isX
    return isX ? String(-Number(number)).replace('-0', '0') : number
  })
}

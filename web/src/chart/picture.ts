import { make, paint } from './paint.ts'

/** What is printed around a drawing, so that it can be understood where the page is not. */
export type PictureWords = {
  readonly title: string
  readonly name: string
  /** Range, filters, n and date, each on a line of its own. */
  readonly facts: readonly string[]
}

/** A drawing of the page, and what it is called. */
export type Drawn = { readonly name: string; readonly element: Element }

/** Everything below an element that can be taken along: drawings with their tables, tables, grids. */
export function findDrawings(root: ParentNode): Drawn[] {
  const places = '[data-picture], svg[role="img"][aria-label], [role="region"][aria-label] > table, [role="grid"][aria-label]'
  const taken = new Set<string>()
  return [...root.querySelectorAll(places)].flatMap((element) => {
    const outer = element.parentElement?.closest('[data-picture]')
    // A popover is no part of the page, and what lies in a drawing is part of it.
    if (outer != null || element.closest('[popover]') !== null) return []
    const own = element.getAttribute('data-picture') ?? element.getAttribute('aria-label') ?? element.parentElement?.getAttribute('aria-label') ?? ''
    // The name of its section, where that says the same in fewer words and names no other drawing.
    const section = element.closest('section[aria-label]')?.getAttribute('aria-label') ?? null
    const name = section !== null && own.includes(section) && !taken.has(section) ? section : own
    taken.add(name)
    return name === '' ? [] : [{ name, element }]
  })
}

/** How many rows of a long table are drawn, where that is not all of them. */
export function rowsDrawn(element: Element): { readonly drawn: number; readonly total: number } | null {
  const grid = element.matches('[aria-rowcount]') ? element : element.querySelector('[aria-rowcount]')
  // The first row holds the names of the columns.
  const [drawn, total] = [(grid?.querySelectorAll('[aria-rowindex]').length ?? 0) - 1, Number(grid?.getAttribute('aria-rowcount')) - 1]
  return drawn >= 0 && drawn < total ? { drawn, total } : null
}

const [MARGIN, TITLE, NAME, FACT, WIDTH_MIN] = [28, 26, 20, 17, 560] as const

/** The drawing as an SVG file, in the colors of the light page. */
export function pictureOf(element: Element, words: PictureWords): { readonly svg: string; readonly width: number; readonly height: number } {
  return inLight(() => {
    const { drawing, top, width: inner, height: tall } = paint(element)
    const body = getComputedStyle(document.body)
    const [ink, quiet] = [body.color, token('--ink-2', body.color)]
    const width = Math.max(WIDTH_MIN, inner) + 2 * MARGIN
    const svg = make('svg', { xmlns: 'http://www.w3.org/2000/svg', width, 'font-family': body.fontFamily })
    const line = (words: string, y: number, size: number, weight: number, fill: string) => {
      const text = make('text', { x: MARGIN, y, 'font-size': size, 'font-weight': weight, fill })
      text.textContent = words
      return text
    }
    const backdrop = make('rect', { width: '100%', height: '100%', fill: token('--paper', '#ffffff') })
    svg.append(backdrop, line(words.title, MARGIN + 14, 17, 650, ink))
    let y = MARGIN + TITLE
    if (words.name !== words.title) {
      y += 12
      svg.append(line(words.name, y, 13, 400, quiet))
      y += NAME - 12
    }
    y += 10
    drawing.setAttribute('transform', `translate(${MARGIN} ${y - top})`)
    svg.append(drawing)
    y += tall + 24
    for (const fact of words.facts.flatMap((it) => wrapped(it, (width - 2 * MARGIN) / 6.4))) {
      svg.append(line(fact, y, 11.5, 400, quiet))
      y += FACT
    }
    const height = y + MARGIN - FACT + 4
    svg.setAttribute('height', String(height))
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    return { svg: new XMLSerializer().serializeToString(svg), width, height }
  })
}

/** Canvases have no room for more. */
const SIDE_MAX = 16_000

/** A picture as dots, two for each of the page, or fewer where it would be too large. */
export async function pngOf({ svg, width, height }: { readonly svg: string; readonly width: number; readonly height: number }): Promise<Blob> {
  const scale = Math.min(2, SIDE_MAX / width, SIDE_MAX / height)
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((give, fail) => canvas.toBlob((blob) => (blob === null ? fail(new Error('the picture could not be drawn')) : give(blob)), 'image/png'))
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Does something while the page is light. Nothing is painted in between, so nobody sees it. */
function inLight<Result>(work: () => Result): Result {
  const root = document.documentElement
  const before = root.getAttribute('data-mantine-color-scheme')
  const still = document.createElement('style')
  still.textContent = '*, *::before, *::after { transition: none !important; animation: none !important; }'
  document.head.append(still)
  root.setAttribute('data-mantine-color-scheme', 'light')
  try {
    return work()
  } finally {
    if (before === null) root.removeAttribute('data-mantine-color-scheme')
    else root.setAttribute('data-mantine-color-scheme', before)
    still.remove()
  }
}

function token(name: string, otherwise: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  return value === '' ? otherwise : value
}

/** Breaks a long line at spaces, or anywhere in a script without them. Wide letters count twice. */
export function wrapped(words: string, room: number): string[] {
  const lines: string[] = []
  let [line, used, gap] = ['', 0, 0]
  for (const letter of words) {
    const width = /[\u1100-\uffdc]/.test(letter) ? 2 : 1
    if (used + width > room && line !== '') {
      const cut = gap > 0 && width === 1 ? gap : line.length
      lines.push(line.slice(0, cut).trimEnd())
      line = line.slice(cut).trimStart()
      used = [...line].reduce((sum, it) => sum + (/[\u1100-\uffdc]/.test(it) ? 2 : 1), 0)
      gap = 0
    }
    line += letter
    used += width
    if (letter === ' ') gap = line.length
  }
  return line === '' ? lines : [...lines, line]
}

/** Draws what stands on the page as SVG of its own: colors, letters and boxes as they are shown, without the page's styles. */

const SVG = 'http://www.w3.org/2000/svg'

/** What of a shape the page's styles decide, with what it is where nothing is said. */
const shapeProperties = [
  ['fill', ''],
  ['fill-opacity', '1'],
  ['stroke', 'none'],
  ['stroke-opacity', '1'],
  ['stroke-width', ''],
  ['stroke-dasharray', 'none'],
  ['stroke-linecap', 'butt'],
  ['stroke-linejoin', 'miter'],
  ['paint-order', 'normal'],
] as const
const textProperties = [
  ['font-family', ''],
  ['font-size', ''],
  ['font-weight', ''],
  ['letter-spacing', 'normal'],
  ['text-anchor', 'start'],
  ['dominant-baseline', 'auto'],
] as const
const stopProperties = [
  ['stop-color', ''],
  ['stop-opacity', '1'],
] as const

/** Groups say nothing that their shapes would take over, so what is left out of a shape is never another's. */
function propertiesOf(name: string): readonly (readonly [string, string])[] {
  const opacity = ['opacity', '1'] as const
  if (name === 'stop') return stopProperties
  if (name === 'text' || name === 'tspan') return [opacity, ...shapeProperties, ...textProperties]
  return ['svg', 'g', 'defs', 'linearGradient', 'radialGradient', 'pattern', 'clipPath', 'mask'].includes(name) ? [opacity] : [opacity, ...shapeProperties]
}

/** Attributes of drawings that say something of the page, not of the shape. */
const pageAttribute = /^(class|style|tabindex|role|focusable|id$|aria-|data-|on)/

/** What was painted, and from which line on there is something of it. */
export type Painting = { readonly drawing: SVGGElement; readonly top: number; readonly width: number; readonly height: number }

/** Paints an element with everything in it, also what is scrolled out of sight. */
export function paint(root: Element): Painting {
  const origin = root.getBoundingClientRect()
  const drawing = make('g', {})
  const size = { top: Number.POSITIVE_INFINITY, width: 0, height: 0 }
  const brush = new Brush(drawing, origin.left, origin.top, size)
  brush.element(root)
  const top = Math.floor(Math.min(size.top, size.height))
  return { drawing, top, width: Math.ceil(size.width), height: Math.ceil(size.height) - top }
}

export function make<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Readonly<Record<string, string | number>>): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

class Brush {
  constructor(
    private readonly drawing: SVGGElement,
    private readonly left: number,
    private readonly top: number,
    private readonly size: { top: number; width: number; height: number },
  ) {}

  element(element: Element): void {
    const style = getComputedStyle(element)
    if (isUnseen(element, style)) return
    const box = element.getBoundingClientRect()
    if (element instanceof SVGSVGElement) {
      this.shape(element, box)
      return
    }
    if (box.width > 0 && box.height > 0) this.box(style, box)
    for (const child of element.childNodes) {
      if (child instanceof Text) this.text(child, style, element)
      else if (child instanceof Element) this.element(child)
    }
  }

  /** Background and borders. */
  private box(style: CSSStyleDeclaration, box: DOMRect): void {
    const at = { x: box.left - this.left, y: box.top - this.top }
    const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2)
    const rect = { ...at, width: box.width, height: box.height, rx: radius }
    const opacity = style.opacity === '1' ? {} : { opacity: style.opacity }
    const before = this.drawing.childElementCount
    if (isSeen(style.backgroundColor)) this.drawing.append(make('rect', { ...rect, ...opacity, fill: style.backgroundColor }))
    const stripes = /repeating-linear-gradient\(.*?(rgba?\([^)]*\)|color\([^)]*\)|oklch\([^)]*\))/.exec(style.backgroundImage)?.[1]
    if (stripes !== undefined) this.drawing.append(...hatched(rect, stripes, this.drawing.childElementCount))
    const widths = [style.borderTopWidth, style.borderRightWidth, style.borderBottomWidth, style.borderLeftWidth].map((it) => Number.parseFloat(it) || 0)
    const colors = [style.borderTopColor, style.borderRightColor, style.borderBottomColor, style.borderLeftColor]
    const lines = [style.borderTopStyle, style.borderRightStyle, style.borderBottomStyle, style.borderLeftStyle]
    const isWhole = widths.every((it, side) => it > 0 && it === widths[0] && colors[side] === colors[0] && lines[side] !== 'none')
    if (isWhole && isSeen(colors[0])) {
      const width = widths[0] ?? 1
      const inside = { x: at.x + width / 2, y: at.y + width / 2, width: box.width - width, height: box.height - width, rx: radius }
      const dashes = lines[0] === 'dashed' ? { 'stroke-dasharray': '4 3' } : {}
      this.drawing.append(make('rect', { ...inside, ...dashes, fill: 'none', stroke: colors[0] ?? '', 'stroke-width': width }))
    } else {
      const [right, bottom] = [at.x + box.width, at.y + box.height]
      const ends = [
        [at.x, at.y, right, at.y],
        [right, at.y, right, bottom],
        [at.x, bottom, right, bottom],
        [at.x, at.y, at.x, bottom],
      ]
      ends.forEach(([x1 = 0, y1 = 0, x2 = 0, y2 = 0], side) => {
        const width = widths[side] ?? 0
        if (width > 0 && lines[side] !== 'none' && isSeen(colors[side])) this.drawing.append(make('line', { x1, y1, x2, y2, stroke: colors[side] ?? '', 'stroke-width': width }))
      })
    }
    if (this.drawing.childElementCount > before) this.reach(box)
  }

  /** Letters, line by line, as wide as they are here, whatever fonts there are elsewhere. */
  private text(node: Text, style: CSSStyleDeclaration, parent: Element): void {
    for (const { words, box } of linesOf(node)) {
      const shown = style.textTransform === 'uppercase' ? words.toUpperCase() : words
      const attributes = {
        x: box.left - this.left,
        y: box.top - this.top + baseline(style, box),
        fill: style.color,
        'font-family': style.fontFamily,
        'font-size': style.fontSize,
        'font-weight': style.fontWeight,
        textLength: box.width,
        lengthAdjust: 'spacingAndGlyphs',
        'xml:space': 'preserve',
        ...(style.opacity === '1' ? {} : { opacity: style.opacity }),
      }
      const letters = make('text', attributes)
      letters.textContent = shown
      // What an ellipsis hides would lie over its neighbor.
      const isCut = style.textOverflow === 'ellipsis' && parent.scrollWidth > parent.clientWidth + 1
      if (!isCut) {
        this.drawing.append(letters)
        this.reach(box)
        continue
      }
      const room = parent.getBoundingClientRect()
      const frame = make('svg', { x: room.left - this.left, y: room.top - this.top, width: room.width, height: room.height, overflow: 'hidden' })
      letters.setAttribute('x', String(box.left - room.left))
      letters.setAttribute('y', String(box.top - room.top + baseline(style, box)))
      frame.append(letters)
      this.drawing.append(frame)
      this.reach(room)
    }
  }

  /** A drawing of the page, with its styles written into it. */
  private shape(svg: SVGSVGElement, box: DOMRect): void {
    const copy = svg.cloneNode(true)
    if (!(copy instanceof SVGSVGElement)) return
    const [originals, copies] = [[svg, ...svg.querySelectorAll('*')], [copy, ...copy.querySelectorAll('*')]]
    const gone: Element[] = []
    originals.forEach((original, index) => {
      const twin = copies[index]
      if (twin === undefined) return
      const style = getComputedStyle(original)
      if (style.display === 'none' && !original.closest('defs')) gone.push(twin)
      for (const { name } of [...twin.attributes]) if (pageAttribute.test(name) && !(name === 'id' && original.closest('defs') !== null)) twin.removeAttribute(name)
      for (const [property, usual] of propertiesOf(twin.tagName)) {
        const value = style.getPropertyValue(property)
        // Patterns and gradients keep their names within the drawing, without the address of the page.
        if (value === '' || value === usual) twin.removeAttribute(property)
        else twin.setAttribute(property, value.replace(/url\("[^"#]*#([^"]+)"\)/, 'url(#$1)'))
      }
    })
    for (const it of gone) it.remove()
    copy.setAttribute('x', String(box.left - this.left))
    copy.setAttribute('y', String(box.top - this.top))
    copy.setAttribute('width', String(box.width))
    copy.setAttribute('height', String(box.height))
    copy.setAttribute('overflow', 'visible')
    this.drawing.append(copy)
    this.reach(box)
  }

  private reach({ top, right, bottom }: DOMRect): void {
    this.size.top = Math.min(this.size.top, top - this.top)
    this.size.width = Math.max(this.size.width, right - this.left)
    this.size.height = Math.max(this.size.height, bottom - this.top)
  }
}

/** What is on the page for those who do not see it, or only while it is pointed at. */
function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return true
  if (element.classList.contains('visually-hidden') || element.hasAttribute('data-no-picture')) return true
  return element instanceof HTMLElement && element.popover !== null
}

function isSeen(color: string | undefined): boolean {
  return color !== undefined && color !== 'transparent' && !/(?:,|\/)\s*0\)$/.test(color)
}

function hatched(rect: Readonly<Record<string, number>>, color: string, number: number): SVGElement[] {
  const id = `hatch-${number}`
  const pattern = make('pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' })
  pattern.append(make('line', { x1: 0, y1: 0, x2: 0, y2: 6, stroke: color, 'stroke-width': 2 }))
  return [pattern, make('rect', { ...rect, fill: `url(#${id})` })]
}

/** The lines that a text is broken into, with where they lie. */
function linesOf(node: Text): { words: string; box: DOMRect }[] {
  if (node.data.trim() === '') return []
  const range = document.createRange()
  range.selectNodeContents(node)
  const boxes = [...range.getClientRects()].filter((it) => it.width > 0)
  const [first] = boxes
  if (first === undefined) return []
  if (boxes.length === 1) return [{ words: node.data.replace(/\s+/g, ' ').trim(), box: first }]
  const lines: { words: string; box: DOMRect }[] = []
  for (let at = 0; at < node.data.length; at += 1) {
    range.setStart(node, at)
    range.setEnd(node, at + 1)
    const box = range.getBoundingClientRect()
    if (box.width === 0) continue
    const line = lines.at(-1)
    if (line !== undefined && Math.abs(line.box.top - box.top) < 2) {
      line.words += node.data[at] ?? ''
      line.box = new DOMRect(line.box.left, line.box.top, box.right - line.box.left, line.box.height)
    } else {
      lines.push({ words: node.data[at] ?? '', box })
    }
  }
  return lines.filter((it) => it.words.trim() !== '')
}

let measure: CanvasRenderingContext2D | null = null

/** How far below the top of a line its letters stand. */
function baseline(style: CSSStyleDeclaration, box: DOMRect): number {
  measure ??= document.createElement('canvas').getContext('2d')
  if (measure === null) return box.height * 0.8
  measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measure.measureText('x')
  return (box.height - up - down) / 2 + up
}

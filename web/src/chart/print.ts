/** Alone on paper, one below the other, and never cut in two where that can be helped. */
const STYLE = `
  [data-sheet] { display: none; }
  @media print {
    @page { margin: 12mm; }
    body { background: #fff; }
    body > :not([data-sheet]) { display: none !important; }
    [data-sheet] { display: block; }
    [data-sheet] svg { display: block; width: 100%; height: auto; max-height: 250mm; margin: 0 0 8mm; break-inside: avoid; }
  }
`

/** Opens the browser's own printing with pictures and nothing else: on paper, or as a PDF file. */
export function printPictures(pictures: readonly string[]): void {
  const sheet = document.createElement('div')
  sheet.dataset['sheet'] = ''
  const style = document.createElement('style')
  style.textContent = STYLE
  sheet.append(style)
  for (const picture of pictures) sheet.append(document.importNode(new DOMParser().parseFromString(picture, 'image/svg+xml').documentElement, true))
  document.body.append(sheet)
  // Some browsers come back before the page is printed.
  addEventListener('afterprint', () => sheet.remove(), { once: true })
  print()
}

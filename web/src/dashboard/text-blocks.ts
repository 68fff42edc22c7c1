export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }

/** A text as its parts: `#` begins a heading, `-` an item of a list, an empty line a new paragraph. */
export function blocksOf(content: string): readonly Block[] {
  const blocks: Block[] = []
  for (const chunk of content.split(/\n\s*\n/)) {
    let lines: string[] = []
    let items: string[] = []
    const end = () => {
      if (lines.length > 0) blocks.push({ kind: 'paragraph', text: lines.join('\n') })
      if (items.length > 0) blocks.push({ kind: 'list', items })
      lines = []
      items = []
    }
    for (const line of chunk.split('\n').map((it) => it.trimEnd())) {
      const heading = /^#{1,3}\s+(.+)/.exec(line)?.[1]
      const item = /^[-*]\s+(.+)/.exec(line)?.[1]
      if (heading !== undefined) {
        end()
        blocks.push({ kind: 'heading', text: heading })
      } else if (item !== undefined) {
        if (lines.length > 0) end()
        items.push(item)
      } else if (line !== '') {
        if (items.length > 0) end()
        lines.push(line)
      }
    }
    end()
  }
  return blocks
}

import { expect, test } from 'vitest'
import { snippet, snippetKinds } from './snippet.ts'

test('every snippet names the server and the key', () => {
  for (const kind of snippetKinds) {
    const code = snippet(kind, 'https://t.example', 'tlw_1')
    expect(code).toContain('https://t.example')
    expect(code).toContain('tlw_1')
  }
})

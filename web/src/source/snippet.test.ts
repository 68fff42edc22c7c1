import { expect, test } from 'vitest'
import { kindsOf, makers, snippet } from './snippet.ts'

test('every snippet names the server and the key', () => {
  for (const maker of makers) {
    for (const kind of kindsOf(maker)) {
      const code = snippet(maker, kind, 'https://t.example', 'tlw_1')
      expect(code, `${maker} ${kind}`).toContain('https://t.example')
      expect(code, `${maker} ${kind}`).toContain('tlw_1')
    }
  }
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds the binary. */
const server = process.env['THROUGHLINE_URL'] ?? 'http://127.0.0.1:7700'

export default defineConfig({
  plugins: [react()],
  build: {
    manifest: true,
    // Inlined files would be `data:` addresses, which the content policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What the first page needs of all pages: a file of each kind packs better than many small ones.
        codeSplitting: {
          groups: [
            { name: 'addresses', test: /(-search|insight\/(choice|drivers|reasons|topics|unexpected))\.ts$/ },
            { name: 'asked', test: /src\/api\/(account|choice|dashboard|decision|drivers|map|people|profile|reasons|report|research|segment|session|target|topics|unexpected|vocabulary|workspace|use-[a-z-]+)\.ts$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: server, headers: { 'sec-fetch-site': 'same-origin' } },
      '/v1': server,
    },
  },
  test: { include: ['src/**/*.test.ts', 'tool/*.test.mjs'], environment: 'node' },
})

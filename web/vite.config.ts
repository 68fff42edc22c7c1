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
        // What reads the addresses of all pages is needed at once: one file of it packs better than many small ones.
        codeSplitting: { groups: [{ name: 'addresses', test: /-search\.ts$/ }] },
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

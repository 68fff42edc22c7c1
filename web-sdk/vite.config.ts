import { defineConfig } from 'vitest/config'

/** One file that runs as a classic script on any page, in browsers of the last five years. */
export default defineConfig({
  build: {
    target: 'es2020',
    emptyOutDir: true,
    lib: { entry: 'src/script.ts', formats: ['iife'], name: 'throughlineScript', fileName: () => 'throughline.js' },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})

import { defineConfig } from '@playwright/test'
import { chromiumArgs, chromiumPath, keepsTraces, reportFile } from './harness/environment.ts'

/** Each file has a binary of its own, so files may run side by side, and tests of one file in order. */
export default defineConfig({
  testDir: 'specs',
  globalSetup: './harness/setup.ts',
  outputDir: 'test-results/runs',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: reportFile }]],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 60_000,
    locale: 'en-US',
    timezoneId: 'UTC',
    viewport: { width: 1440, height: 900 },
    // What moves all the time is drawn all the time, by the processors that also serve.
    contextOptions: { reducedMotion: 'reduce' },
    // A trace draws every page twice for each step, which takes longer than the step.
    trace: keepsTraces ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromiumPath, args: chromiumArgs },
  },
})

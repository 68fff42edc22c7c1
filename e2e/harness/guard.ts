import type { BrowserContext } from '@playwright/test'

/** What a page must never do, whatever is shown on it. */
export type Breaches = readonly string[]

/** Watches every page of a context for running foreign scripts, broken policies, errors nobody caught and texts that are missing. */
export async function watch(context: BrowserContext): Promise<Breaches> {
  const breaches: string[] = []
  await context.exposeBinding('reportViolation', (_source, text: string) => {
    breaches.push(`content policy: ${text}`)
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report = Reflect.get(globalThis, 'reportViolation')
      report(`${event.effectiveDirective} refused ${event.blockedURI} on ${location.pathname}`)
    })
  })
  context.on('dialog', async (dialog) => {
    breaches.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  context.on('weberror', (error) => {
    breaches.push(`error: ${error.error().stack ?? error.error().message}`)
  })
  context.on('console', (message) => {
    if (message.text().startsWith('there is no text for')) breaches.push(`${message.text()} on ${message.page()?.url()}`)
  })
  return breaches
}

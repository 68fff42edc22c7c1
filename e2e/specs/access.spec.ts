import { expectAccessible } from '../harness/axe.ts'
import { expect, serveUnowned, test } from '../harness/test.ts'

const server = serveUnowned()
const owner = { name: 'Ada Owner', email: 'ada@example.com', password: 'four plain words here' }

test.describe.configure({ mode: 'serial' })

test('the one-time link makes the owner', async ({ page }) => {
  await page.goto(server().link ?? '')
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Your name' }).fill(owner.name)
  await page.getByRole('textbox', { name: 'Email' }).fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Create the owner' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('See what your customers really live through')
  await expectAccessible(page)
})

test('the link works once', async ({ page }) => {
  await page.goto(server().link ?? '')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Eve')
  await page.getByRole('textbox', { name: 'Email' }).fill('eve@example.com')
  await page.getByLabel('Password').fill('another long password')
  await page.getByRole('button', { name: 'Create the owner' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page).toHaveURL(/\/setup/)
})

test('a visitor is asked to sign in and then gets where they wanted', async ({ page }) => {
  await page.goto(server().url)
  await expect(page).toHaveURL(/\/login/)
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Email' }).fill(owner.email)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('See what your customers really live through')
})

test('a session cookie cannot be read by scripts', async ({ page, context }) => {
  await page.goto(`${server().url}/login`)
  await page.getByRole('textbox', { name: 'Email' }).fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/\/login/)
  expect(await context.cookies()).toMatchObject([{ httpOnly: true, path: '/' }])
  expect(await page.evaluate(() => document.cookie)).toBe('')
})

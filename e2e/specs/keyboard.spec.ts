import { makeWorkspace, openApi } from '../harness/api.ts'
import { openPage, pagePaths } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
const home = () => `${server().url}/w/keys`

test.beforeAll(async () => {
  const api = await openApi(server())
  await makeWorkspace(api, 'keys', 'A shop for the keyboard')
  await api.close()
})

test('the first stop skips the navigation', async ({ page }) => {
  await openPage(page, `${home()}/live`)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})

for (const path of pagePaths) {
  test(`every control of ${path === '' ? 'home' : path.slice(1)} is reached by Tab and shows that it has the focus`, async ({ page }) => {
    await openPage(page, home() + path)
    await page.addStyleTag({ content: '* { transition: none !important }' })
    const controls = await page.evaluate(() => {
      const selector = 'a[href], button, input, select, textarea, [tabindex]'
      const all = [...document.querySelectorAll<HTMLElement>(selector)]
      const reachable = all.filter((it) => it.tabIndex >= 0 && !it.matches(':disabled') && it.checkVisibility({ visibilityProperty: true }))
      // Of a group of radio buttons, or of tabs, one is a stop; the arrows do the rest.
      return reachable.filter((it) => !(it instanceof HTMLInputElement && it.type === 'radio' && !it.checked)).length
    })
    expect(controls).toBeGreaterThan(5)
    let stops = 0
    for (; stops < controls + 5; stops += 1) {
      await page.keyboard.press('Tab')
      const look = await page.evaluate(focusLook)
      if (look === undefined) break
      expect(look.isShown, `${look.name} shows no focus`).toBe(true)
    }
    expect(stops).toBeGreaterThanOrEqual(controls)
  })
}

test('the palette opens a page by name and closes with Escape', async ({ page }) => {
  await openPage(page, `${home()}/live`)
  await page.keyboard.press('Control+k')
  const search = page.getByRole('dialog', { name: 'Search and commands' }).getByRole('combobox')
  await expect(search).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(search).toBeHidden()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('funnel')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/funnel/)
})

test('Enter that ends a composition is not taken for a choice', async ({ page, context }) => {
  await openPage(page, `${home()}/live`)
  await page.keyboard.press('Control+k')
  const search = page.getByRole('dialog', { name: 'Search and commands' }).getByRole('combobox')
  await expect(search).toBeFocused()
  const session = await context.newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'lou', selectionStart: 3, selectionEnd: 3 })
  await page.keyboard.press('Enter')
  await expect(search).toBeVisible()
  await expect(page).toHaveURL(/\/live$/)
})

/** The focused control, and whether it looks different without the focus. None once the focus has left the page. */
function focusLook(): { readonly name: string; readonly isShown: boolean } | undefined {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement) || focused === document.body) return undefined
  // A field may draw the focus on the box around it.
  const around = [focused, focused.parentElement, focused.parentElement?.parentElement].filter((it) => it instanceof Element)
  const looks = () =>
    around.map((it) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, clipPath, transform } = getComputedStyle(it)
      return [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, clipPath, transform].join()
    })
  const withFocus = looks().join()
  focused.blur()
  const without = looks().join()
  focused.focus()
  return { name: focused.outerHTML.slice(0, 120), isShown: withFocus !== without }
}

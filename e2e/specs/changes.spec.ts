import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '400', '--days', '40', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Stage = { readonly stage: string; readonly people: number; readonly share: number }

test('what changes from stage to stage is told lane by lane, and a lane without data says so', async ({ page }) => {
  const { maps } = await api.get<{ readonly maps: readonly { readonly id: string }[] }>('/w/demo/maps')
  const id = maps[0]?.id ?? ''
  const { stages } = await api.get<{ readonly stages: readonly Stage[] }>(`/w/demo/maps/${id}/numbers`)
  await openPage(page, `${server().url}/w/demo/maps/${id}?view=changes`)
  const table = page.getByRole('region', { name: 'Changes' })
  await expect(table.getByRole('columnheader')).toHaveCount(stages.length + 1)
  await expect(table.getByRole('row', { name: /Backstage/ })).toContainText('no data')
  await expectAccessible(page)
  const people = stages[1]?.people ?? 0
  await table.getByRole('row').nth(1).getByRole('button').nth(1).click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText(`${people.toLocaleString('en')} profile`)
})

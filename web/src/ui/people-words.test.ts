import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import type { PeopleRule } from '../api/model.ts'
import enFirst from '../i18n/en.json'
import enPages from '../i18n/en.pages.json'
import type { Locale } from '../i18n/i18n.ts'
import zhCnFirst from '../i18n/zh-cn.json'
import zhCnPages from '../i18n/zh-cn.pages.json'
import type { Format } from '../i18n/use-format.ts'
import { peopleWords } from './people-words.ts'

beforeAll(async () => {
  await i18next.init({
    lng: 'en',
    fallbackLng: false,
    resources: { en: { translation: { ...enFirst, ...enPages } }, 'zh-CN': { translation: { ...zhCnFirst, ...zhCnPages } } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
})

const format = { count: String, date: (day: string) => day } satisfies Partial<Format>
const names = { touchpoints: [{ id: 'cart', name: 'Cart' }], stages: [{ id: 'buy', name: 'Buying' }], segments: [{ id: 'vip', name: 'Best' }] }

const rule: PeopleRule = {
  all: [
    { did: { matcher: { events: ['Order Completed'] }, times: { at_least: 2 }, within: { last: '30d' } } },
    { not: { did: { matcher: { channels: ['call'] } } } },
    { any: [{ stage: { id: 'buy' } }, { in_order: { steps: [{ touchpoints: ['cart'] }, {}], within: '1d' } }] },
  ],
}

function words(locale: Locale): string {
  return peopleWords(rule, { text: i18next.getFixedT(locale), format, names })
}

test('a rule reads as a sentence', () => {
  expect(words('en')).toBe(
    'did “Order Completed” at least 2 times in the last 30 days, and did not do “Call”, and (are in stage “Buying”, or did “Cart”, then anything within 1 day)',
  )
})

test('traits and segments are told by name', () => {
  const wording = { text: i18next.getFixedT('en'), format, names }
  expect(peopleWords({ not: { segment: { id: 'vip' } } }, wording)).toBe('are not in segment “Best”')
  expect(peopleWords({ trait: { name: 'plan', test: { is: ['pro'] } } }, wording)).toContain('plan is pro')
})

test('in Chinese the time comes first', () => {
  expect(words('zh-CN')).toBe('最近 30 天内做过“Order Completed”至少 2 次，并且没有做过“电话”，并且（处于阶段“Buying”，或者在 1 天内依次做过“Cart”，然后任何事件）')
})

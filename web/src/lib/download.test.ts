import { expect, test } from 'vitest'
import { fileName } from './download.ts'

test('a file is named after its title', () => {
  expect(fileName('客户如何购买? / v2', 'map', 'csv')).toBe('客户如何购买-v2.csv')
  expect(fileName('///', 'map', 'json')).toBe('map.json')
})

import type { MoneyRules } from '../api/money.ts'

/** How amounts are read, as it is typed. */
export type MoneyDraft = {
  readonly currency: string
  readonly currencyProperty: string
  readonly zone: string
  /** A name on each line. */
  readonly properties: string
  /** CSV, a rate on each line. */
  readonly rates: string
}

const PREFIX = 'properties.'

export function draftOf(rules: MoneyRules): MoneyDraft {
  return {
    currency: rules.currency ?? '',
    currencyProperty: bare(rules.currency_property ?? ''),
    zone: rules.zone ?? '',
    properties: (rules.properties ?? []).map(bare).join('\n'),
    rates: rules.rates ?? '',
  }
}

/** What is sent. Whether it is sound the server says. */
export function rulesOf(draft: MoneyDraft): MoneyRules {
  const zone = draft.zone.trim()
  return {
    currency: draft.currency.trim().toUpperCase(),
    currency_property: field(draft.currencyProperty.trim()),
    properties: lines(draft.properties).map(field),
    rates: draft.rates,
    ...(zone === '' ? {} : { zone }),
  }
}

/** How many lines say a rate, the line of names not counted. */
export function ratesCount(rates: string): number {
  const all = rates.split(/\r?\n/)
  return all.filter((line, index) => line.trim() !== '' && !(index === 0 && line.toLowerCase().includes('currency'))).length
}

function bare(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
}

function field(name: string): string {
  return name.startsWith(PREFIX) ? name : `${PREFIX}${name}`
}

function lines(text: string): readonly string[] {
  const names = text.split(/[\n,]/).map((it) => it.trim())
  return names.filter((it) => it !== '')
}

import { accountsOf, type Report } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'

/** What the numbers of a report count, in words: people, or the accounts that stand in their place. */
export function useUnits(report: Report) {
  const text = useText()
  const format = useFormat()
  const areAccounts = accountsOf(report) !== null
  const people = text(report.kind === 'trends' ? 'trends.profiles' : 'funnel.profiles')
  return {
    heading: areAccounts ? text('page.accounts') : people,
    count: (units: number) => text(areAccounts ? 'account.unitsCount' : 'funnel.profilesCount', { count: units, shown: format.count(units) }),
    about: (units: number) => text(areAccounts ? 'account.about' : 'trends.about', { count: units, n: format.count(units) }),
    started: (units: number) => text(areAccounts ? 'account.started' : 'retention.about', { n: format.count(units) }),
  }
}

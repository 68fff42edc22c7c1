import { useQuery } from '@tanstack/react-query'
import { accountTypesQuery } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField } from '../ui/field.tsx'
import style from './people-filter.module.css'

/** The type of accounts that a question counts in place of people, and how to count others. */
export type CountedAccounts = { readonly type: string | null; readonly set: (type: string | null) => void }

/** Says whether people or accounts are counted. Where there are no accounts there is nothing to choose. */
export function AccountsChoice({ type, set }: CountedAccounts) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(accountTypesQuery(ws))
  const types = [...new Set([...(data?.types.map((it) => it.account_type) ?? []), ...(type === null ? [] : [type])])]
  if (types.length === 0) return null
  const name = (it: string) => (it === 'account' ? text('page.accounts') : text('account.ofType', { type: it }))
  return (
    <div className={style.counted}>
      <SelectField
        size="s"
        label={text('account.count')}
        value={type ?? ''}
        choices={[{ value: '', label: text('account.people') }, ...types.map((it) => ({ value: it, label: name(it) }))]}
        onChange={(chosen) => set(chosen === '' ? null : chosen)}
      />
      {type !== null && <p className={style.hint}>{text('account.counted', { type })}</p>}
    </div>
  )
}

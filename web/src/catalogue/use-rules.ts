import { useIsMutating, useMutation, useQuery } from '@tanstack/react-query'
import { catalogueQuery, changeNameRules, type NameRule, nameRulesQuery, type StoredNameRules } from '../api/catalogue.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { errorText } from '../i18n/error-text.ts'
import { useText } from '../i18n/use-text.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import { type Rules, withRule } from './rules.ts'

/** The rules on names that hold, and ways to change them. */
export function useRules() {
  const { id: ws, role } = useWorkspace()
  const text = useText()
  const stored = useQuery(nameRulesQuery(ws))
  const catalogue = useQuery(catalogueQuery(ws))
  const mutationKey = ['w', ws, 'name-rules']
  const change = useMutation({
    mutationKey,
    mutationFn: ({ version, rules }: { readonly version: StoredNameRules['version']; readonly rules: Rules }) => changeNameRules(ws, version, rules),
    onSuccess: () => toast(text('catalogue.saved')),
    onError: toastFailure,
  })
  // Each row of a page has a hook of its own, and all write the same rules.
  const isSaving = useIsMutating({ mutationKey }) > 0
  const error = stored.error ?? catalogue.error
  const isLoading = stored.data === undefined || catalogue.data === undefined
  const refused = !canEditMaps(role) ? text('catalogue.editorsOnly') : error !== null ? errorText(text, error) : isLoading ? text('look.loading') : isSaving ? text('catalogue.saving') : undefined
  const seen = new Set(catalogue.data?.events.map((it) => it.name))
  const edit = (by: (rules: Rules) => Rules) => {
    if (stored.data !== undefined) change.mutate({ version: stored.data.version, rules: by(stored.data.rules.rules ?? []) })
  }
  return {
    stored,
    rules: stored.data?.rules.rules ?? [],
    refused,
    isSaving,
    /** Changes the rules that hold now. */
    edit,
    /** Adds rules to those that hold now. */
    add: (...more: readonly NameRule[]) => edit((rules) => more.reduce((now, rule) => withRule(now, rule, (name) => seen.has(name)), rules)),
  }
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { changeNameRules, nameRulesQuery } from '../api/catalogue.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { toast, toastFailure } from '../ui/toast.tsx'
import type { Rules } from './rules.ts'

/** The rules on names that hold, and a way to change them. */
export function useRules() {
  const { id: ws, role } = useWorkspace()
  const text = useText()
  const stored = useQuery(nameRulesQuery(ws))
  const change = useMutation({
    mutationFn: (rules: Rules) => changeNameRules(ws, stored.data?.version ?? 0, rules),
    onSuccess: () => toast(text('catalogue.saved')),
    onError: toastFailure,
  })
  const refused = !canEditMaps(role) ? text('catalogue.editorsOnly') : stored.data === undefined ? text('look.loading') : undefined
  return {
    stored,
    rules: stored.data?.rules.rules ?? [],
    refused,
    isSaving: change.isPending,
    /** Changes the rules that hold now. */
    edit: (by: (rules: Rules) => Rules) => change.mutate(by(stored.data?.rules.rules ?? [])),
  }
}

import { keepPreviousData, type QueryKey, useQuery, type UseQueryOptions } from '@tanstack/react-query'
import { useSettled } from '../ui/use-settled.ts'
import type { Stored } from './draft.ts'
import { useDraft } from './use-draft.ts'

type CheckQuery<Check, Key extends QueryKey> = Pick<UseQueryOptions<Check, Error, Check, Key>, 'queryKey' | 'queryFn'>

/** A draft that the server looks at while it is written: what it would do, and what is wrong with it. */
export function useCheckedDraft<Value, Check, Key extends QueryKey>(stored: Stored<Value>, readAgain: () => unknown, save: (version: number, value: Value) => Promise<number>, queryOf: (value: Value) => CheckQuery<Check, Key>) {
  const draft = useDraft(stored, readAgain, save)
  const asked = useSettled(draft.now)
  const check = useQuery({ ...queryOf(asked), placeholderData: keepPreviousData })
  // The answer to an earlier draft says nothing of whether this one can be saved.
  const isChecking = asked !== draft.now || check.isPending || check.isPlaceholderData
  return { ...draft, check, isChecking }
}

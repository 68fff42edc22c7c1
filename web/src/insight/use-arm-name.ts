import type { LiftArm } from '../api/lift.ts'
import { useText } from '../i18n/use-text.ts'

/** What people call an arm. */
export function useArmName(): (arm: LiftArm) => string {
  const text = useText()
  return (arm) => (typeof arm === 'string' ? text(`lift.${arm}`) : String(arm.value))
}

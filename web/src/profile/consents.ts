import type { Basis, ConsentState } from '../api/privacy.ts'

/** Why a purpose stands as it does where nobody has said anything: only what is allowed can be for want of an objection. */
export function untoldKey({ basis, state }: { readonly basis: Basis; readonly state: ConsentState }) {
  return basis === 'legitimate_interest' && state === 'granted' ? 'consent.untold.notObjected' : 'consent.untold.default'
}

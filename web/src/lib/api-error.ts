/** Where something is wrong in what was sent, and what to do. */
export type Fault = { readonly place: string; readonly message: string }

/** What the author of a request must mend, or why the server could not answer. */
export class ApiError extends Error {
  readonly status: number
  /** Stable, for decisions; the message is for people. */
  readonly code: string
  readonly faults: readonly Fault[]

  constructor(status: number, code: string, message: string, faults: readonly Fault[] = []) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.faults = faults
  }
}

/** The code of an error that never reached the server. */
export const UNREACHABLE = 'network.unreachable'

/** Whether an error is the server's refusal with this code. */
export function isRefusal(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code
}

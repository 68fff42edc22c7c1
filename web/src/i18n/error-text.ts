import { ApiError } from '../lib/api-error.ts'
import type { Text } from './use-text.ts'

/** Refusals that are told in the language of the page. Others speak for themselves. */
const codes = [
  'body.large',
  'body.unusable',
  'disk.full',
  'document.unknown',
  'key.unknown',
  'limit.reached',
  'link.unknown',
  'member.last_owner',
  'member.unknown',
  'network.unreachable',
  'origin.foreign',
  'password.unusable',
  'path.unknown',
  'profile.unknown',
  'question.stopped',
  'role.low',
  'server.busy',
  'server.draining',
  'server.internal',
  'session.none',
  'setup.done',
  'setup.needed',
  'sign_in.wait',
  'sign_in.wrong',
  'version.conflict',
  'workspace.exists',
  'workspace.unknown',
] as const

/** What went wrong and what to do, for people. */
export function errorText(text: Text, error: unknown): string {
  if (error instanceof ApiError) {
    const known = codes.find((it) => it === error.code)
    return known === undefined ? sentence(error.message) : text(`error.${known}`)
  }
  return error instanceof Error ? error.message : String(error)
}

/** The server speaks in lower case without a full stop, as it may be part of a longer line. */
function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?。！？]$/.test(first) ? first : `${first}.`
}

import { ApiError } from '../lib/api-error.ts'
import type { Text } from './use-text.ts'

/** Refusals that are told in the language of the page. Others speak for themselves. */
const codes = [
  'body.large',
  'body.unusable',
  'disk.full',
  'document.unknown',
  'hook.paused',
  'hook.signature',
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
  if (error instanceof ApiError) return refusalText(text, error.code, error.message)
  return error instanceof Error ? error.message : String(error)
}

/** A refusal by its code; one that is not told in the languages of the page speaks for itself. */
export function refusalText(text: Text, code: string, message: string): string {
  const known = codes.find((it) => it === code)
  return known === undefined ? sentence(message) : text(`error.${known}`)
}

/** The server speaks in lower case without a full stop, as it may be part of a longer line. */
function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?。！？]$/.test(first) ? first : `${first}.`
}

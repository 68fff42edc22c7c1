import { ApiError, UNREACHABLE } from '../lib/api-error.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

/** Asks the server and reads its JSON. The caller names the shape, as the schema gives it. */
export async function ask<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options)
  if (response.status === 204) return JSON.parse('null')
  const answer: Answer = await response.json()
  return answer
}

/** Sends a request and refuses whatever is not a success. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, headers = {}, signal } = options
  const raw = body instanceof Blob
  const init: RequestInit = { method, headers: { accept: 'application/json', ...headers }, credentials: 'same-origin' }
  if (signal !== undefined) init.signal = signal
  if (body !== undefined) {
    init.body = raw ? body : JSON.stringify(body)
    if (!raw) init.headers = { 'content-type': 'application/json', ...init.headers }
  }
  let response: Response
  try {
    response = await fetch(`/api${path}`, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, UNREACHABLE, String(error))
  }
  if (!response.ok) throw await readError(response)
  return response
}

async function readError(response: Response): Promise<ApiError> {
  try {
    const { error }: Schemas['ErrorBody'] = await response.json()
    return new ApiError(response.status, error.code, error.message, error.faults ?? [])
  } catch {
    return new ApiError(response.status, `http.${response.status}`, response.statusText)
  }
}

/** Path and query, with what is undefined or empty left out. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

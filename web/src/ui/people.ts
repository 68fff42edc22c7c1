import { createContext, useContext } from 'react'
import type { PeopleOf } from '../api/people.ts'

/** The profiles behind a number: what was asked, and which part of the answer. */
export type PeopleTarget = {
  readonly of: PeopleOf
  readonly select: unknown
  /** What the number counts, in words. */
  readonly title: string
  /** The moment that the number is of, where its range ends now. */
  readonly asked?: string | undefined
  /** After how many lines of the link log people are told apart as they were then; now when it is left out. */
  readonly asOf?: number | undefined
}

/** Opens the list of profiles behind a number. The shell provides it; where nobody may see them there is none. */
export const PeopleContext = createContext<((target: PeopleTarget) => void) | null>(null)

export function useOpenPeople(): ((target: PeopleTarget) => void) | null {
  return useContext(PeopleContext)
}

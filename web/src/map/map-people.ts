import { createContext } from 'react'
import type { PeopleOf } from '../api/people.ts'

/** Whose people the numbers of the page are: of the stored map, or of the drawing as it stands. */
export const MapPeopleContext = createContext<PeopleOf>({ map: '' })

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Text, useText } from '../i18n/use-text.ts'
import { kindsQuery, type ObjectKind } from './object.ts'
import { useWorkspace } from './use-workspace.ts'

/** Names that kinds and states have until somebody writes others: those are told in the language of the page. */
const known = {
  Orders: 'orders',
  Shipments: 'shipments',
  Tickets: 'tickets',
  Calls: 'calls',
  Subscriptions: 'subscriptions',
  Bookings: 'bookings',
  Placed: 'placed',
  Paid: 'paid',
  Shipped: 'shipped',
  Delivered: 'delivered',
  Returned: 'returned',
  Refunded: 'refunded',
  Canceled: 'canceled',
  Created: 'created',
  'In transit': 'inTransit',
  'Out for delivery': 'outForDelivery',
  'Not met': 'notMet',
  Opened: 'opened',
  Answered: 'answered',
  Reopened: 'reopened',
  Solved: 'solved',
  'Asked for': 'askedFor',
  Taken: 'taken',
  Ended: 'ended',
  Missed: 'missed',
  'On trial': 'onTrial',
  Active: 'active',
  'Past due': 'pastDue',
  Paused: 'paused',
  Booked: 'booked',
  Confirmed: 'confirmed',
  Begun: 'begun',
  Completed: 'completed',
  'Not shown up': 'notShownUp',
} as const

/** A name as it is read: one that nobody has changed is told in the language of the page. */
export function givenName(name: string, text: Text): string {
  const key = Object.entries(known).find(([it]) => it === name)?.[1]
  return key === undefined ? name : text(`object.word.${key}`)
}

export type Kinds = {
  readonly kinds: readonly ObjectKind[]
  readonly find: (id: string) => ObjectKind | undefined
  readonly kind: (id: string) => string
  readonly state: (kind: string, id: string) => string
}

/** The kinds of objects of the workspace, and what they and their states are called. */
export function useKinds(): Kinds {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { data } = useQuery(kindsQuery(ws))
  return useMemo(() => {
    const kinds = data?.kinds ?? []
    const find = (id: string) => kinds.find((it) => it.id === id)
    return {
      kinds,
      find,
      kind: (id) => givenName(find(id)?.name ?? id, text),
      state: (kind, id) => givenName(find(kind)?.states.find((it) => it.id === id)?.name ?? id, text),
    }
  }, [data, text])
}

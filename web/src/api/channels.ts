import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Board = components['schemas']['ChannelBoard']
export type ChannelsAnswer = components['schemas']['ChannelsAnswer']
export type ChannelLine = components['schemas']['ChannelLine']
export type StageLine = components['schemas']['StageLine']
export type ChannelMeetings = components['schemas']['ChannelMeetings']
export type ChannelsSelect = components['schemas']['ChannelsSelect']
export type Switches = components['schemas']['Switches']
export type SwitchesAnswer = components['schemas']['SwitchesAnswer']
export type Switching = components['schemas']['Switching']
export type Leaving = components['schemas']['Leaving']
export type SwitchesSelect = components['schemas']['SwitchesSelect']
export type AtStage = components['schemas']['AtStage']

type Answer = components['schemas']['Answer']
/** The answer to a report of channels. */
export type BoardReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'channels' }> }
/** The answer to a report of switches. */
export type SwitchesReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'switches' }> }

/** Asks what each channel does; it is asked again when events arrive. */
export const boardQuery = (ws: string, board: Board, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'channels', board, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<BoardReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'channels', ...board }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })

/** Asks what happens when channels are changed; it is asked again when events arrive. */
export const switchesQuery = (ws: string, switches: Switches, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'switches', switches, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<SwitchesReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'switches', ...switches }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    meta: { live: true },
  })

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Board, boardQuery } from '../api/channels.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { isAskable } from './board.ts'

/** The board of the URL and its answer. */
export function useBoard() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/channels' })
  const navigate = useNavigate({ from: '/w/$ws/channels' })
  const board: Board = ask ?? { range: { last: '30d', zone: workspace.zone }, goal: {} }
  const askable = isAskable(board)
  const reply = useQuery(boardQuery(workspace.id, board, askable, asOf))
  const edit = (change: Partial<Board>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...board, ...change } }), replace: true })
  return { board, askable, reply, edit }
}

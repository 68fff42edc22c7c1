import type { Board, ChannelsAnswer, StageLine } from '../api/channels.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { Share, Times, usePeople } from './board-answer.tsx'
import { boardShares, type Part, stageGroups, stageKey } from './board.ts'
import style from './board.module.css'
import { useStageName } from './use-stage-name.ts'
import wide from '../ui/wide-table.module.css'

type StagesProps = { readonly board: Board; readonly numbers: ChannelsAnswer }

/** What each channel does in each stage that profiles were in. */
export function BoardStages({ board, numbers }: StagesProps) {
  const text = useText()
  const format = useFormat()
  const stageName = useStageName(numbers.stages)
  const groups = stageGroups(numbers.by_stage)
  const share = ({ share }: Part) => format.shareIfAny(share)
  const head = [text('board.channel'), text('board.reached'), text('board.contacts'), text('board.answered'), text('board.acts'), text('board.converted')]
  const label = text('board.byStage')
  return (
    <Section title={label} note={text('board.byStageNote')}>
      <TableTwin
        label={label}
        twin={{
          head: [text('board.stage'), ...head],
          rows: numbers.by_stage.map((line) => {
            const shares = boardShares(line.meetings)
            const { events, contacts, acts } = line.meetings
            return [
              stageName(line.at),
              text(`channel.${line.channel}`),
              format.count(events.profiles),
              format.count(contacts.profiles),
              share(shares.answered),
              format.count(acts.profiles),
              share(shares.converted),
            ]
          }),
        }}
      >
        <div className={wide.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: label })}>
          <table className={`${wide.table} ${style.table}`}>
            <thead>
              <tr>
                {head.map((name, index) => (
                  <th key={name} scope="col" data-number={index > 0 || undefined}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            {groups.map((group) => {
              const largest = Math.max(1, ...group.lines.map((it) => it.meetings.events.profiles))
              return (
                <tbody key={stageKey(group.at)}>
                  <tr className={style.group}>
                    <th scope="rowgroup" colSpan={head.length}>
                      {stageName(group.at)}
                    </th>
                  </tr>
                  {group.lines.map((line) => (
                    <Line key={line.channel} line={line} board={board} largest={largest} stage={stageName(line.at)} />
                  ))}
                </tbody>
              )
            })}
          </table>
        </div>
      </TableTwin>
    </Section>
  )
}

type LineProps = { readonly line: StageLine; readonly board: Board; readonly largest: number; readonly stage: string }

function Line({ line, board, largest, stage }: LineProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeople(board)
  const { at, channel, meetings } = line
  const { answered, converted } = boardShares(meetings)
  const name = `${stage} · ${text(`channel.${channel}`)}`
  const of = (title: string, part: 'reached' | 'contacted' | 'answered' | 'acted' | 'converted') => people(`${name} · ${title}`, { at, channel, part })
  const tip = ({ part, whole }: Part) => text('retention.of', { part: format.count(part), whole: format.count(whole) })
  return (
    <tr>
      <th scope="row">
        <ChannelBadge channel={channel} />
      </th>
      <td data-number>
        <Count value={meetings.events.profiles} people={of(text('board.reached'), 'reached')} />
        <Meter share={meetings.events.profiles / largest} color={`var(--channel-${channel})`} />
      </td>
      <Times passes={meetings.contacts} none={text('board.noContacts')} people={of(text('board.contacts'), 'contacted')} />
      <Share part={answered} none={text(meetings.contacts.times === 0 ? 'board.noContacts' : 'board.noneOver')} tip={tip(answered)} people={of(text('board.answered'), 'answered')} />
      <Times passes={meetings.acts} none={text('board.noActs')} people={of(text('board.acts'), 'acted')} />
      <Share part={converted} none={text('board.noneOver')} tip={tip(converted)} people={of(text('board.converted'), 'converted')} />
    </tr>
  )
}

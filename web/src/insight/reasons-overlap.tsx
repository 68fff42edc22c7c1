import type { Reasons, ReasonsReply } from '../api/reasons.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import style from './reasons.module.css'
import { usePeopleOfReasons } from './use-people-of-reasons.ts'

/** So many pairs are drawn; the table has all. */
const PAIRS_MAX = 8

/** How many reasons one person meets, and which of them together. */
export function ReasonsOverlap({ reasons, numbers }: { readonly reasons: Reasons; readonly numbers: ReasonsReply['numbers'] }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOfReasons(reasons)
  const { by_count: byCount, gave_up: gaveUp } = numbers
  const both = [...numbers.both].sort((a, b) => b.profiles - a.profiles)
  if (gaveUp.part === 0) return null
  const share = (profiles: number) => profiles / gaveUp.part
  const counted = byCount.map((profiles, met) => ({ name: met === 0 ? text('reasons.metNone') : text('reasons.metCount', { count: met, shown: format.count(met) }), profiles, met }))
  return (
    <Section title={text('reasons.together')} note={text('reasons.togetherNote')}>
      <div className={style.near}>
        <Lines label={text('reasons.byCount')} head={text('reasons.byCount')} lines={counted.map((it) => ({ ...it, share: share(it.profiles), people: people(it.name, { counted: it.met }) }))} />
        {both.length > 0 && (
          <Lines
            label={text('reasons.pairs')}
            head={text('reasons.pairs')}
            shown={PAIRS_MAX}
            lines={both.map(({ first, second, profiles }) => {
              const name = text('reasons.pair', { first, second })
              return { name, profiles, share: share(profiles), people: people(name, { both: { first, second } }) }
            })}
          />
        )}
      </div>
    </Section>
  )
}

type Line = { readonly name: string; readonly profiles: number; readonly share: number; readonly people: Parameters<typeof Count>[0]['people'] }

function Lines({ label, head, lines, shown }: { readonly label: string; readonly head: string; readonly lines: readonly Line[]; readonly shown?: number }) {
  const text = useText()
  const format = useFormat()
  return (
    <div>
      <h3 className={style.small}>{head}</h3>
      <TableTwin label={label} twin={{ head: [head, text('reasons.heads.gaveUp'), text('reasons.heads.gaveUpShare')], rows: lines.map((it) => [it.name, format.count(it.profiles), format.share(it.share)]) }}>
        <ul className={style.lines} aria-label={label}>
          {lines.slice(0, shown).map((it) => (
            <li key={it.name}>
              <span className={style.of}>{it.name}</span>
              <Meter share={it.share} />
              <span className={style.number}>{format.share(it.share)}</span>
              <Count value={it.profiles} people={it.people} />
            </li>
          ))}
        </ul>
      </TableTwin>
    </div>
  )
}

import { useState } from 'react'
import type { Against, Comparable } from '../api/compare.ts'
import { usePeopleSource } from '../api/use-people-source.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { PeopleBuilder } from '../ui/people-builder.tsx'
import { makeLeaf } from '../ui/people-rule.ts'
import { RangePicker } from '../ui/range-picker.tsx'
import { againstKinds, kindOfAgainst, lackFor, startOf } from './against.ts'
import { FilterBar } from './filter-bar.tsx'
import style from './people-filter.module.css'
import { useAgainst, useAgainstWords } from './use-against.ts'

/** Says what the numbers of a page are compared with, and changes it in place. */
export function AgainstFilter({ report }: { readonly report: Pick<Comparable, 'range' | 'people'> }) {
  const text = useText()
  const { against, choose } = useAgainst()
  const words = useAgainstWords(against)
  const [isOpen, setOpen] = useState(false)
  const clear = () => {
    choose(null)
    setOpen(false)
  }
  return (
    <FilterBar
      label={text('compare.choose')}
      icon="compare"
      name={text('compare.with')}
      words={words ?? text('compare.nothing')}
      isSome={against !== null}
      isOpen={isOpen}
      onToggle={() => setOpen(!isOpen)}
      clearLabel={text('compare.clear')}
      onClear={clear}
    >
      <Editor against={against} report={report} choose={choose} />
    </FilterBar>
  )
}

type EditorProps = { readonly against: Against | null; readonly report: Pick<Comparable, 'range' | 'people'>; readonly choose: (against: Against) => void }

function Editor({ against, report, choose }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const source = usePeopleSource()
  const chosen = against === null ? null : kindOfAgainst(against)
  const day = format.dayOf(new Date().toISOString())
  const start = { rule: makeLeaf(source.segments.length > 0 ? 'segment' : 'did', null, source), day }
  return (
    <>
      <div className={style.kinds} role="group" aria-label={text('compare.with')}>
        {againstKinds.map((kind) => {
          const lack = lackFor(kind, report)
          return (
            <Button
              key={kind}
              size="s"
              aria-pressed={chosen === kind}
              refused={lack === null ? undefined : text(`compare.lack.${lack}`)}
              onClick={() => {
                if (chosen !== kind) choose(startOf(kind, start))
              }}
            >
              {text(`compare.kind.${kind}`)}
            </Button>
          )
        })}
      </div>
      {against !== null && typeof against === 'object' && 'people' in against && chosen === 'people' && (
        <PeopleBuilder rule={against.people} source={source} onChange={(rule) => choose({ people: rule ?? { all: [] } })} />
      )}
      {against !== null && typeof against === 'object' && 'days' in against && (
        <div>
          <RangePicker
            size="s"
            side="bottom-start"
            range={{ ...against.days, zone: report.range.zone ?? format.zone }}
            onChange={({ zone: _, ...days }) => choose({ days })}
          />
        </div>
      )}
      <p className={style.hint}>{text('compare.about')}</p>
    </>
  )
}

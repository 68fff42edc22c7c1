import { Fragment, useState } from 'react'
import type { Label } from '../api/funnel.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Section } from '../ui/page.tsx'
import { labelText } from './funnel.ts'
import { HeatHead, HeatRow, type RetentionNumbers, type RetentionQuestion } from './retention-heat.tsx'
import { toldLines } from './retention.ts'
import style from './retention.module.css'
import { usePeriodName } from './use-period-name.ts'
import { fieldName } from '../ui/field-name.ts'

type LinesProps = { readonly question: RetentionQuestion; readonly numbers: RetentionNumbers; readonly titles: (index: number) => string }

/** A line for each value of the breakdown, and on demand the triangle that it is the sum of. */
export function RetentionLines({ question, numbers, titles }: LinesProps) {
  const text = useText()
  const format = useFormat()
  const periodName = usePeriodName(question.period ?? 'day')
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const field = fieldName(question.breakdown ?? '', text)
  const told = toldLines(numbers.lines).map((line) => JSON.stringify(line.label))
  const isAllOpen = told.length > 0 && told.every((key) => open.has(key))
  const toggle = (key: string) => setOpen((now) => new Set(now.has(key) ? [...now].filter((it) => it !== key) : [...now, key]))
  const nameOf = (label: Label | null | undefined) =>
    label === null || label === undefined ? '' : (labelText(label) ?? text(`funnel.label.${label === 'rest' ? 'rest' : 'not_set'}`))
  return (
    <Section
      title={text('funnel.by', { field })}
      note={text('retention.linesNote')}
      aside={
        told.length > 0 && (
          <Button onClick={() => setOpen(new Set(isAllOpen ? [] : told))}>
            {text(isAllOpen ? 'retention.closeAll' : 'retention.openAll')}
          </Button>
        )
      }
    >
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: field })}>
        <table className={style.heat}>
          <HeatHead question={question} numbers={numbers} unit={text(`retention.units.${question.period ?? 'day'}`)} first={field} />
          <tbody>
            {numbers.lines.map((line) => {
              const key = JSON.stringify(line.label)
              const name = nameOf(line.label)
              const isOpen = open.has(key)
              const hasTriangle = told.includes(key)
              return (
                <Fragment key={key}>
                  <HeatRow
                    name={name}
                    head={
                      hasTriangle ? (
                        <button type="button" className={style.opener} aria-expanded={isOpen} onClick={() => toggle(key)}>
                          <Icon name={isOpen ? 'down' : 'right'} />
                          {name}
                        </button>
                      ) : undefined
                    }
                    line={line}
                    question={question}
                    titles={titles}
                  />
                  {isOpen &&
                    (line.cohorts ?? [])
                      .filter((it) => it.profiles > 0)
                      .map((cohort) => (
                        <HeatRow
                          key={cohort.from}
                          name={text('retention.valueCohort', { value: name, cohort: periodName(cohort.from) })}
                          head={periodName(cohort.from)}
                          cohort={cohort}
                          label={line.label}
                          question={question}
                          titles={titles}
                          look="under"
                        />
                      ))}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      </div>
      {told.length < numbers.lines.length && (
        <p className={style.hint}>{text('retention.untold', { told: format.count(told.length), all: format.count(numbers.lines.length) })}</p>
      )}
    </Section>
  )
}

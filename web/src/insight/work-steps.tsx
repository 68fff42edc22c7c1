import { useMatcherSource } from '../api/use-matcher-source.ts'
import type { WorkStep } from '../api/work-time.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { parts } from './work.ts'
import style from './work.module.css'

type StepsProps = { readonly steps: readonly WorkStep[]; readonly onChange: (steps: readonly WorkStep[]) => void }

/** Steps with a start and an end: each a name, and the events that ask for it, start it and end it. */
export function WorkSteps({ steps, onChange }: StepsProps) {
  const text = useText()
  const source = useMatcherSource()
  const replace = (at: number, step: WorkStep) => onChange(steps.map((old, index) => (index === at ? step : old)))
  return (
    <div>
      {steps.length > 0 && (
        <ol className={style.steps} aria-label={text('time.ofs.work')}>
          {steps.map((step, index) => (
            <li key={index} className={style.step}>
              <TextField label={text('funnel.stepName', { number: index + 1 })} value={step.name} onChange={(name) => replace(index, { ...step, name })} />
              {parts.map((part) => (
                <MatcherPicker
                  key={part}
                  label={text(`work.parts.${part}`)}
                  value={step[part] ?? {}}
                  source={source}
                  onChange={(matcher) => replace(index, { ...step, [part]: matcher })}
                />
              ))}
              <IconButton size="s" icon="trash" label={text('funnel.removeStep', { number: index + 1 })} onClick={() => onChange(steps.filter((_, at) => at !== index))} />
            </li>
          ))}
        </ol>
      )}
      <Button size="s" icon="plus" onClick={() => onChange([...steps, { name: text('funnel.newStep', { number: steps.length + 1 }), start: {}, end: {} }])}>
        {text('funnel.addStep')}
      </Button>
      {steps.length > 0 && <p className={style.hint}>{text('work.stepsHint')}</p>}
    </div>
  )
}

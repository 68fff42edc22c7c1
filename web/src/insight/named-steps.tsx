import type { NamedMatcher } from '../api/model.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { renamed } from './step-name.ts'
import style from './named-steps.module.css'

type NamedStepsProps = { readonly label: string; readonly steps: readonly NamedMatcher[]; readonly onChange: (steps: readonly NamedMatcher[]) => void }

/** Steps of one's own, in order: each a name and the events that it is. */
export function NamedSteps({ label, steps, onChange }: NamedStepsProps) {
  const text = useText()
  const source = useMatcherSource()
  const replace = (at: number, step: NamedMatcher) => onChange(steps.map((old, index) => (index === at ? step : old)))
  const swap = (at: number, to: number) => {
    const rest = steps.filter((_, index) => index !== at)
    onChange([...rest.slice(0, to), ...steps.slice(at, at + 1), ...rest.slice(to)])
  }
  return (
    <div>
      <ol className={style.steps} aria-label={label}>
        {steps.map((step, index) => (
          <li key={index} className={style.step}>
            <span className={style.number} aria-hidden="true">
              {index + 1}
            </span>
            <TextField size="s" label={text('funnel.stepName', { number: index + 1 })} labelHidden value={step.name} onChange={(name) => replace(index, { ...step, name })} />
            <MatcherPicker
              label={text('funnel.stepEvents', { number: index + 1 })}
              labelHidden
              value={step.matcher}
              source={source}
              onChange={(matcher) => replace(index, renamed({ ...step, matcher }, step, source.touchpoints, source.signals))}
            />
            <span className={style.tools}>
              <IconButton size="s" icon="up" label={text('funnel.earlier', { number: index + 1 })} refused={index === 0 ? text('vocabulary.first') : undefined} onClick={() => swap(index, index - 1)} />
              <IconButton
                size="s"
                icon="down"
                label={text('funnel.later', { number: index + 1 })}
                refused={index + 1 === steps.length ? text('vocabulary.last') : undefined}
                onClick={() => swap(index, index + 1)}
              />
              <IconButton size="s" icon="trash" label={text('funnel.removeStep', { number: index + 1 })} onClick={() => onChange(steps.filter((_, at) => at !== index))} />
            </span>
          </li>
        ))}
      </ol>
      <Button size="s" icon="plus" onClick={() => onChange([...steps, { name: text('funnel.newStep', { number: steps.length + 1 }), matcher: {} }])}>
        {text('funnel.addStep')}
      </Button>
    </div>
  )
}

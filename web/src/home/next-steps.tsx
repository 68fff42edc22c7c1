import { Link } from '@tanstack/react-router'
import type { NextStep } from '../api/workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { pathOf, progressOf } from './home.ts'
import style from './home.module.css'

/** The way from nothing to a living map, as stations; done ones are filled. */
export function NextSteps({ steps }: { readonly steps: readonly NextStep[] }) {
  const text = useText()
  const { next } = progressOf(steps)
  return (
    <ol className={style.steps}>
      {steps.map((step) => (
        <li key={step.kind} data-done={step.done || undefined} data-next={step === next || undefined}>
          <Link from="/w/$ws" to={pathOf(step.kind)}>
            {text(`home.step.${step.kind}.title`)}
            {step.done && <span className="visually-hidden"> {text('home.done')}</span>}
          </Link>
          {!step.done && <p>{text(`home.step.${step.kind}.note`)}</p>}
        </li>
      ))}
    </ol>
  )
}

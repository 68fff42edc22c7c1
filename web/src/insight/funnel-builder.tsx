import type { Funnel } from '../api/funnel.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { MatcherPicker } from '../ui/matcher-picker.tsx'
import { Section } from '../ui/page.tsx'
import type { FunnelEdit } from './funnel.ts'
import { FunnelChoices } from './funnel-choices.tsx'
import { FunnelDefinition } from './funnel-definition.tsx'
import { renamed } from './step-name.ts'
import style from './funnel.module.css'

type BuilderProps = { readonly funnel: Funnel; readonly edit: (edit: FunnelEdit) => void }

/** The steps, and every choice that the numbers depend on. */
export function FunnelBuilder({ funnel, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  return (
    <div className={style.builder}>
      <Section title={text('funnel.steps')}>
        <ol className={style.steps} aria-label={text('funnel.steps')}>
          {funnel.steps.map((step, index) => (
            <li key={index} className={style.step}>
              <span className={style.number} aria-hidden="true">
                {index + 1}
              </span>
              <div className={style.grow}>
                <TextField
                  size="s"
                  label={text('funnel.stepName', { number: index + 1 })}
                  labelHidden
                  value={step.name}
                  onChange={(name) => edit({ kind: 'step', index, step: { ...step, name } })}
                />
                <MatcherPicker
                  label={text('funnel.stepEvents', { number: index + 1 })}
                  labelHidden
                  value={step.matcher}
                  source={source}
                  onChange={(matcher) => edit({ kind: 'step', index, step: renamed({ ...step, matcher }, step, source.touchpoints, source.signals) })}
                />
                {index > 0 && index + 1 < funnel.steps.length && (funnel.order ?? 'ordered') === 'ordered' && (
                  <label className={style.check}>
                    <input
                      type="checkbox"
                      checked={step.optional === true}
                      onChange={(event) => edit({ kind: 'step', index, step: { ...step, optional: event.currentTarget.checked } })}
                    />
                    {text('funnel.optional')}
                  </label>
                )}
              </div>
              <span className={style.tools}>
                <IconButton
                  size="s"
                  icon="up"
                  label={text('funnel.earlier', { number: index + 1 })}
                  refused={index === 0 ? text('vocabulary.first') : undefined}
                  onClick={() => edit({ kind: 'move', index, to: index - 1 })}
                />
                <IconButton
                  size="s"
                  icon="down"
                  label={text('funnel.later', { number: index + 1 })}
                  refused={index + 1 === funnel.steps.length ? text('vocabulary.last') : undefined}
                  onClick={() => edit({ kind: 'move', index, to: index + 1 })}
                />
                <IconButton size="s" icon="trash" label={text('funnel.removeStep', { number: index + 1 })} onClick={() => edit({ kind: 'remove', index })} />
              </span>
            </li>
          ))}
        </ol>
        <Button icon="plus" onClick={() => edit({ kind: 'add', step: { name: text('funnel.newStep', { number: funnel.steps.length + 1 }), matcher: {} } })}>
          {text('funnel.addStep')}
        </Button>
      </Section>
      <FunnelChoices funnel={funnel} edit={edit} />
      {funnel.steps.length > 0 && <FunnelDefinition funnel={funnel} />}
    </div>
  )
}

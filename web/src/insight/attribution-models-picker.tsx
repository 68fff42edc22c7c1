import type { Attribution } from '../api/attribution.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/page.tsx'
import { modelName } from '../api/credit-model.ts'
import { chosenModels, modelChoices, modelKey, toggleModel } from './attribution-models.ts'
import style from './attribution.module.css'
import funnelStyle from './funnel.module.css'
import { useModelText } from '../api/use-model-text.ts'

type PickerProps = { readonly attribution: Attribution; readonly edit: (change: Partial<Attribution>) => void }

/** Which models are asked: only those are worked out and shown. */
export function AttributionModelsPicker({ attribution, edit }: PickerProps) {
  const text = useText()
  const modelText = useModelText()
  const choices = modelChoices(attribution)
  const chosen = new Set(chosenModels(attribution).map(modelKey))
  return (
    <Section
      title={text('attribution.models')}
      note={text('attribution.modelsNote')}
      aside={
        chosen.size < choices.length && (
          <Button size="s" onClick={() => edit({ models: choices })}>
            {text('attribution.allModels')}
          </Button>
        )
      }
    >
      <div className={style.models} role="group" aria-label={text('attribution.models')}>
        {choices.map((model) => {
          const key = modelKey(model)
          const isLast = chosen.size === 1 && chosen.has(key)
          return (
            <label key={key} className={funnelStyle.check} data-tip={text(isLast ? 'attribution.oneModel' : `attribution.about.${modelName(model).kind}`)}>
              <input type="checkbox" checked={chosen.has(key)} disabled={isLast} onChange={() => edit({ models: toggleModel(attribution, model) })} />
              {modelText(model)}
            </label>
          )
        })}
      </div>
    </Section>
  )
}

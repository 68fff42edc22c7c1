import type { CreditModel } from '../api/attribution.ts'
import { modelName } from '../api/credit-model.ts'
import { useModelText } from '../api/use-model-text.ts'
import { useText } from '../i18n/use-text.ts'

type HeadsProps = {
  /** Heads of the columns before the models; the first says what a line is. */
  readonly first: readonly string[]
  readonly models: readonly CreditModel[]
}

/** The heads of a table with a column for each model, which say what the model does. */
export function ModelHeads({ first, models }: HeadsProps) {
  const text = useText()
  const modelText = useModelText()
  return (
    <thead>
      <tr>
        {first.map((name, index) => (
          <th key={name} scope="col" data-number={index > 0 || undefined}>
            {name}
          </th>
        ))}
        {models.map((model) => (
          <th key={JSON.stringify(model)} scope="col" data-number data-tip={text(`attribution.about.${modelName(model).kind}`)}>
            {modelText(model)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

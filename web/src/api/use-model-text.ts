import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { type CreditModel, modelName } from './credit-model.ts'

/** Names a model of credit in the language of the page. */
export function useModelText(): (model: CreditModel) => string {
  const text = useText()
  const format = useFormat()
  return (model) => {
    const name = modelName(model)
    switch (name.kind) {
      case 'position':
        return text('attribution.model.position', { first: format.count(name.first), last: format.count(name.last) })
      case 'time_decay':
        return text('attribution.model.time_decay', { span: name.span })
      case 'markov':
        return text('attribution.model.markov', { order: format.count(name.order) })
      default:
        return text(`attribution.model.${name.kind}`)
    }
  }
}

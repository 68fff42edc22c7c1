import type { CatalogueEvent } from '../api/catalogue.ts'
import { useText } from '../i18n/use-text.ts'
import style from './catalogue.module.css'

/** What is special about an event, in a word each. */
export function EventMarks({ event }: { readonly event: CatalogueEvent }) {
  const text = useText()
  const isRenamed = event.sent.some((it) => it.name !== event.name)
  return (
    <>
      {event.blocked && <span className={`${style.mark} ${style.bad}`}>{text('catalogue.mark.blocked')}</span>}
      {event.hidden && <span className={style.mark}>{text('catalogue.mark.hidden')}</span>}
      {isRenamed && <span className={style.mark}>{text('catalogue.mark.renamed')}</span>}
      {event.unused && <span className={style.mark}>{text('catalogue.mark.unused')}</span>}
      {event.system && <span className={style.mark}>{text('catalogue.mark.system')}</span>}
    </>
  )
}

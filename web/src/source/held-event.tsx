import { useState } from 'react'
import type { QuarantineEntry, StillHeld } from '../api/quarantine.ts'
import { reasonText } from '../i18n/reason-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { TextArea } from '../ui/field.tsx'
import { indented, textFault } from './held.ts'
import style from './source.module.css'

type HeldEventProps = {
  readonly entry: QuarantineEntry
  /** Why it was refused again, when it was to be let in. */
  readonly still: StillHeld | undefined
  /** None where one may only look. */
  readonly actions: { readonly isChosen: boolean; readonly isBusy: boolean; readonly onChoose: (isChosen: boolean) => void; readonly onRelease: (raw?: string) => void } | undefined
}

/** One event that was held back: why, what arrived, and ways to let it in. */
export function HeldEvent({ entry, still, actions }: HeldEventProps) {
  const text = useText()
  const format = useFormat()
  const [mended, setMended] = useState<string | null>(null)
  const fault = still ?? entry
  return (
    <li className={style.heldRow}>
      {actions !== undefined && (
        <label className={style.choose}>
          <input type="checkbox" checked={actions.isChosen} aria-label={text('source.chooseOne', { what: `${entry.message}, ${format.moment(entry.received)}` })} onChange={(event) => actions.onChoose(event.currentTarget.checked)} />
        </label>
      )}
      <details className={style.held}>
        <summary>
          <b>{reasonText(text, fault.reason)}</b>
          <span className={style.grow}>
            {fault.message}
            {still !== undefined && <small className={style.bad}>{text('source.refusedAgain')}</small>}
          </span>
          <time className={style.quiet} dateTime={entry.received}>
            {format.moment(entry.received)}
          </time>
        </summary>
        {mended === null ? (
          <pre tabIndex={0} aria-label={text('source.raw')}>
            {entry.raw}
          </pre>
        ) : (
          <Mending fault={fault.message} raw={mended} onChange={setMended} />
        )}
        {actions !== undefined && (
          <div className={style.finish}>
            {mended === null ? (
              <>
                <Button size="s" icon="check" aria-busy={actions.isBusy} onClick={() => actions.onRelease()}>
                  {text('source.release')}
                </Button>
                <Button size="s" icon="edit" onClick={() => setMended(indented(entry.raw))}>
                  {text('source.mend')}
                </Button>
              </>
            ) : (
              <>
                <Button
                  size="s"
                  look="primary"
                  icon="check"
                  refused={textFault(mended) === undefined ? undefined : text('source.mendText')}
                  aria-busy={actions.isBusy}
                  onClick={() => actions.onRelease(mended)}
                >
                  {text('source.releaseMended')}
                </Button>
                <Button size="s" onClick={() => setMended(null)}>
                  {text('look.cancel')}
                </Button>
              </>
            )}
          </div>
        )}
      </details>
    </li>
  )
}

type MendingProps = { readonly fault: string; readonly raw: string; readonly onChange: (raw: string) => void }

/** The event as it is to be, with what is wrong with it. */
function Mending({ fault, raw, onChange }: MendingProps) {
  const text = useText()
  const broken = textFault(raw)
  const told =
    broken === undefined
      ? undefined
      : broken.kind === 'object'
        ? text('source.noObject')
        : broken.line === null
          ? text('source.noJson')
          : text('source.noJsonAt', { line: broken.line, column: broken.column })
  return (
    <div className={style.mending}>
      <TextArea
        label={text('source.mended')}
        hint={text('source.mendHint', { fault })}
        fault={told}
        rows={Math.min(24, Math.max(6, raw.split('\n').length + 1))}
        spellCheck={false}
        autoFocus
        value={raw}
        onChange={onChange}
      />
    </div>
  )
}

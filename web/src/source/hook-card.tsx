import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { changeHook, type Hook, removeHook } from '../api/hook.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { CopyLine } from './copy-line.tsx'
import { HookArrivals } from './hook-arrivals.tsx'
import { hookAddress, isChecked } from './hook-maker.ts'
import { HookMapping } from './hook-mapping.tsx'
import { HookSecret } from './hook-secret.tsx'
import hookStyle from './hook.module.css'
import style from './source.module.css'
import { useMakerName } from './use-maker-name.ts'

type HookCardProps = { readonly hook: Hook; readonly base: string | null | undefined; readonly isOpen: boolean; readonly onToggle: () => void }

/** One webhook: what came, and, when it is open, how it is set up. */
export function HookCard({ hook, base, isOpen, onToggle }: HookCardProps) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const detailId = useId()
  const [leaving, setLeaving] = useState(false)
  const pause = useMutation({ mutationFn: () => changeHook(ws, hook.id, { is_paused: !hook.is_paused }), onError: toastFailure })
  const maker = useMakerName()(hook.maker)
  return (
    <li className={hookStyle.card}>
      <div className={style.row}>
        <Icon name="flow" />
        <span className={style.grow}>
          <b>{hook.name}</b>
          <span className={style.quiet}>
            {hook.name === maker ? '' : `${maker} · `}
            {text('hook.stored', { count: hook.stored, shown: format.count(hook.stored) })}
            {hook.duplicate > 0 && ` · ${text('hook.again', { count: hook.duplicate, shown: format.count(hook.duplicate) })}`}
            {hook.quarantined > 0 && ` · ${text('hook.held', { count: hook.quarantined, shown: format.count(hook.quarantined) })}`}
            {hook.refused > 0 && <span className={style.bad}> · {text('hook.refused', { count: hook.refused, shown: format.count(hook.refused) })}</span>}
          </span>
        </span>
        <HookState hook={hook} />
        <Button size="s" icon={hook.is_paused ? 'play' : 'pause'} aria-busy={pause.isPending} aria-label={text(hook.is_paused ? 'hook.resumeOf' : 'hook.pauseOf', { name: hook.name })} onClick={() => pause.mutate()}>
          {text(hook.is_paused ? 'hook.resume' : 'hook.pause')}
        </Button>
        <Button size="s" icon={isOpen ? 'up' : 'down'} aria-expanded={isOpen} aria-controls={detailId} aria-label={text('hook.detailsOf', { name: hook.name })} onClick={onToggle}>
          {text('hook.details')}
        </Button>
      </div>
      {isOpen && (
        <div id={detailId} className={hookStyle.detail}>
          <div className={hookStyle.setup}>
            <div>
              <h3>{text('hook.address')}</h3>
              <CopyLine value={hookAddress(base, window.location.origin, hook.path)} />
              <p className={style.hint}>{text(`hook.how.${hook.maker}`)}</p>
              {base == null && (hook.maker === 'twilio' || hook.maker === 'hubspot') && <p className={style.hint}>{text('hook.publicUrl')}</p>}
              {hook.maker === 'whatsapp' && (
                <>
                  <h3>{text('hook.verifyToken')}</h3>
                  <CopyLine value={hook.verify_token} />
                </>
              )}
            </div>
            <HookSecret key={String(hook.has_secret)} hook={hook} />
          </div>
          {hook.maker === 'generic' && <HookMapping hook={hook} />}
          <HookArrivals hook={hook} />
          <div className={style.finish}>
            <Button size="s" look="quiet" icon="trash" onClick={() => setLeaving(true)}>
              {text('hook.remove')}
            </Button>
            {isChecked(hook.maker) && hook.check.method === 'none' && <span className={style.quiet}>{text('hook.openToAll')}</span>}
          </div>
        </div>
      )}
      {leaving && <Leaving hook={hook} onClose={() => setLeaving(false)} />}
    </li>
  )
}

function HookState({ hook }: { readonly hook: Hook }) {
  const text = useText()
  if (hook.is_paused) return <span className={hookStyle.state} data-state="quiet">{text('hook.state.paused')}</span>
  if (!hook.has_secret && (!isChecked(hook.maker) || hook.check.method !== 'none'))
    return <span className={hookStyle.state} data-state="warn">{text('hook.state.secret')}</span>
  if (hook.maker === 'generic' && hook.mapping == null) return <span className={hookStyle.state} data-state="warn">{text('hook.state.mapping')}</span>
  const { latest } = hook
  if (latest == null) return <span className={hookStyle.state} data-state="quiet">{text('hook.state.waiting')}</span>
  return (
    <span className={hookStyle.state} data-state={latest.is_taken ? 'good' : 'bad'}>
      {text(latest.is_taken ? 'hook.state.taken' : 'hook.state.refused')} · <Age time={latest.at} />
    </span>
  )
}

function Leaving({ hook, onClose }: { readonly hook: Hook; readonly onClose: () => void }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const remove = useMutation({ mutationFn: (withEvents: boolean) => removeHook(ws, hook.id, withEvents), onSuccess: onClose, onError: toastFailure })
  return (
    <Dialog
      title={text('hook.removeOf', { name: hook.name })}
      width={480}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button look="danger" aria-busy={remove.isPending} onClick={() => remove.mutate(false)}>
            {text('hook.removeKeep')}
          </Button>
          {hook.stored > 0 && (
            <Button look="danger" aria-busy={remove.isPending} onClick={() => remove.mutate(true)}>
              {text('hook.removeAll', { count: hook.stored, shown: format.count(hook.stored) })}
            </Button>
          )}
        </>
      }
    >
      <p>{text('hook.removeNote')}</p>
    </Dialog>
  )
}

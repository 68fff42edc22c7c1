import { useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type DecisionKind, decideIdentity, type Identifier, type KnownIdentifier, type ProfileIdentity } from '../api/identity.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ReasonDialog } from '../ui/reason-dialog.tsx'
import { Segments } from '../ui/segments.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { WhyChain } from './why-chain.tsx'
import { WhyHistory } from './why-history.tsx'
import { WhyPast } from './why-past.tsx'
import { WhyTurns } from './why-turns.tsx'
import style from './why.module.css'

/** Something that can be done to two identifiers, before it has its reason. */
export type Wish = { readonly what: DecisionKind; readonly left: Identifier; readonly right: Identifier | null }

type View = 'chain' | 'turns' | 'history' | 'past'

/** Why identifiers are one person, what the link log says, and who was who before. */
export function WhyDialog({ identity, onClose }: { readonly identity: ProfileIdentity; readonly onClose: () => void }) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const [view, setView] = useState<View>('chain')
  const [wish, setWish] = useState<Wish | undefined>()
  const known = useMemo(() => new Map(identity.identifiers.map((it) => [it.id, it])), [identity])
  const decide = useMutation({
    mutationFn: ({ wish: { what, left, right }, why }: { readonly wish: Wish; readonly why: string }) => decideIdentity(ws, what, left, right, why),
    onSuccess: (done, { wish: { what } }) => toast(what === 'part' && done.are_one === true ? text('identity.stillOne') : text(`identity.done.${what}`)),
    onError: toastFailure,
  })
  const refused = canEditMaps(role) ? undefined : text('identity.editorsOnly')
  return (
    <Dialog title={text('profile.why')} width={760} onClose={onClose}>
      <Segments<View>
        label={text('identity.view')}
        value={view}
        segments={[
          { value: 'chain', label: text('identity.chain') },
          ...(identity.turns.length > 0 ? [{ value: 'turns' as const, label: text('identity.turns') }] : []),
          { value: 'history', label: text('identity.history') },
          { value: 'past', label: text('identity.past') },
        ]}
        onChange={setView}
      />
      {view === 'chain' ? (
        <WhyChain identity={identity} known={known} refused={refused} onWish={setWish} />
      ) : view === 'turns' ? (
        <WhyTurns identity={identity} known={known} />
      ) : view === 'history' ? (
        <WhyHistory identity={identity} known={known} refused={refused} onWish={setWish} />
      ) : (
        <WhyPast identity={identity} known={known} />
      )}
      {identity.is_cut && <p className={style.note}>{text('identity.isCut')}</p>}
      {wish !== undefined && (
        <ReasonDialog
          title={text(`identity.title.${wish.what}`)}
          note={text(`identity.effectOf.${wish.what}`, { left: wish.left.value, right: wish.right?.value ?? '' })}
          action={text(`identity.act.${wish.what}`)}
          onDecide={(why) => decide.mutate({ wish, why })}
          onClose={() => setWish(undefined)}
        />
      )}
    </Dialog>
  )
}

/** What names an identifier in a decision. */
export function nameOf({ kind, value }: KnownIdentifier): Identifier {
  return { kind, value }
}

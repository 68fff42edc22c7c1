import { Link } from '@tanstack/react-router'
import type { IdentityDecided, IdentityLink, KnownIdentifier, ProfileIdentity } from '../api/identity.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import style from './why.module.css'
import { nameOf, type Wish } from './why-dialog.tsx'

type WhyHistoryProps = {
  readonly identity: ProfileIdentity
  readonly known: ReadonlyMap<number, KnownIdentifier>
  readonly refused: string | undefined
  readonly onWish: (wish: Wish) => void
}

type Line = { readonly kind: 'link'; readonly link: IdentityLink } | { readonly kind: 'decision'; readonly decision: IdentityDecided }

/** Every line of the link log that names an identifier of the profile, the newest first. */
export function WhyHistory({ identity, known, refused, onWish }: WhyHistoryProps) {
  const text = useText()
  const lines: Line[] = [
    ...identity.links.filter((it) => it.reason !== 'member').map((link): Line => ({ kind: 'link', link })),
    ...identity.decisions.map((decision): Line => ({ kind: 'decision', decision })),
  ]
  lines.sort((a, b) => positionOf(b) - positionOf(a))
  return (
    <ul className={style.lines} aria-label={text('identity.history')}>
      {lines.map((line) =>
        line.kind === 'link' ? (
          <LinkLine key={positionOf(line)} link={line.link} known={known} profile={identity.profile} refused={refused} onWish={onWish} />
        ) : (
          <DecisionLine key={positionOf(line)} decision={line.decision} refused={refused} onWish={onWish} />
        ),
      )}
    </ul>
  )
}

function positionOf(line: Line): number {
  return line.kind === 'link' ? line.link.position : line.decision.position
}

type LinkLineProps = {
  readonly link: IdentityLink
  readonly known: ReadonlyMap<number, KnownIdentifier>
  readonly profile: number
  readonly refused: string | undefined
  readonly onWish: (wish: Wish) => void
}

function LinkLine({ link, known, profile, refused, onWish }: LinkLineProps) {
  const text = useText()
  const format = useFormat()
  const { id: ws } = useWorkspace()
  const [left, right] = [known.get(link.left), known.get(link.right)]
  const elsewhere = [left, right].find((it) => it !== undefined && it.profile !== profile)
  const act = link.standing === 'parted' ? 'reunite' : link.standing === 'holds' || link.standing === 'repeats' ? 'part' : undefined
  return (
    <li className={style.line}>
      <span className={style.number}>{link.position}</span>
      <span>
        <code>{left?.value}</code> – <code>{right?.value}</code>
        <small>
          {text(`identity.reason.${link.reason}`)}, {format.moment(link.time)}
          {elsewhere !== undefined && (
            <>
              {', '}
              <Link to="/w/$ws/profiles/$profile" params={{ ws, profile: String(elsewhere.profile) }}>
                {text('identity.elsewhere')}
              </Link>
            </>
          )}
        </small>
      </span>
      <span className={style.standing} data-standing={link.standing}>
        {text(`identity.standing.${link.standing}`)}
      </span>
      {act !== undefined && left !== undefined && right !== undefined ? (
        <Button
          size="s"
          refused={refused}
          aria-label={text(act === 'part' ? 'identity.partOf' : 'identity.reuniteOf', { left: left.value, right: right.value })}
          onClick={() => onWish({ what: act, left: nameOf(left), right: nameOf(right) })}
        >
          {text(`identity.act.${act}`)}
        </Button>
      ) : (
        <span />
      )}
    </li>
  )
}

type DecisionLineProps = { readonly decision: IdentityDecided; readonly refused: string | undefined; readonly onWish: (wish: Wish) => void }

function DecisionLine({ decision, refused, onWish }: DecisionLineProps) {
  const text = useText()
  const format = useFormat()
  const { identifier, other, what } = decision
  const undo = undoOf[what]
  return (
    <li className={style.line} data-decision>
      <span className={style.number}>{decision.position}</span>
      <span>
        <code>{identifier.value}</code>
        {other != null && (
          <>
            {' – '}
            <code>{other.value}</code>
          </>
        )}
        <small>{text('identity.decidedBy', { by: decision.by, time: format.moment(decision.at), why: decision.why })}</small>
      </span>
      <span className={style.standing}>{text(`identity.did.${what}`)}</span>
      {undo === undefined ? (
        <span />
      ) : (
        <Button size="s" refused={refused} onClick={() => onWish({ what: undo, left: identifier, right: other ?? null })}>
          {text(`identity.act.${undo}`)}
        </Button>
      )}
    </li>
  )
}

/** What takes a decision back. */
const undoOf = { part: 'reunite', reunite: 'part', join: 'part', release: 'learn', suspend: 'learn', learn: undefined, dismiss: 'reconsider', reconsider: 'dismiss' } as const

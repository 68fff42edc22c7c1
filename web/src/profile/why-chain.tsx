import { Fragment, useState } from 'react'
import type { KnownIdentifier, ProfileIdentity } from '../api/identity.ts'
import { useSourceName } from '../api/use-source-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Empty } from '../ui/look.tsx'
import { chainOf, otherEnd } from './chain.ts'
import style from './why.module.css'
import { nameOf, type Wish } from './why-dialog.tsx'

type WhyChainProps = {
  readonly identity: ProfileIdentity
  readonly known: ReadonlyMap<number, KnownIdentifier>
  readonly refused: string | undefined
  readonly onWish: (wish: Wish) => void
}

/** The links between any two identifiers of a profile, one after the other. */
export function WhyChain({ identity, known, refused, onWish }: WhyChainProps) {
  const text = useText()
  const format = useFormat()
  const sourceOf = useSourceName()
  const own = identity.identifiers.filter((it) => it.profile === identity.profile)
  const first = own[0]
  const [ends, setEnds] = useState<readonly [number | undefined, number | undefined]>([first?.id, own.at(-1)?.id])
  // A decision may have moved an end to another profile.
  const isOwn = (id: number | undefined) => own.some((it) => it.id === id)
  const from = isOwn(ends[0]) ? ends[0] : first?.id
  const to = isOwn(ends[1]) ? ends[1] : own.at(-1)?.id
  if (from === undefined || to === undefined || own.length < 2) {
    return (
      <Empty small title={text('identity.oneOnly')}>
        {text('identity.oneOnlyNote')}
      </Empty>
    )
  }
  const choices = own.map((it) => ({ value: String(it.id), label: `${text(`profile.identifier.${it.kind}`)}: ${it.value}` }))
  const chain = chainOf(identity.links, from, to)
  let at: number = from
  return (
    <>
      <div className={style.ends}>
        <SelectField label={text('identity.from')} value={String(from)} choices={choices} onChange={(id) => setEnds([Number(id), to])} />
        <SelectField label={text('identity.to')} value={String(to)} choices={choices} onChange={(id) => setEnds([from, Number(id)])} />
      </div>
      {chain === undefined ? (
        <p className={style.note}>{text('identity.noWay')}</p>
      ) : (
        <ol className={style.chain} aria-label={text('identity.chain')}>
          <Node identifier={known.get(from)} />
          {chain.map((link) => {
            const before = known.get(at)
            at = otherEnd(link, at) ?? at
            const after = known.get(at)
            return (
              <Fragment key={`${link.position} ${link.left} ${link.right}`}>
                <li className={style.link}>
                  <span>
                    <b>{text(`identity.reason.${link.reason}`)}</b>
                    <small>
                      {[link.event ?? undefined, format.moment(link.time), link.reason === 'member' ? undefined : (sourceOf(link.source) ?? text('profile.source', { id: link.source }))]
                        .filter((it) => it !== undefined)
                        .join(', ')}
                    </small>
                  </span>
                  {before !== undefined && after !== undefined && (
                    <Button
                      size="s"
                      refused={refused}
                      aria-label={text('identity.partOf', { left: before.value, right: after.value })}
                      onClick={() => onWish({ what: 'part', left: nameOf(before), right: nameOf(after) })}
                    >
                      {text('identity.act.part')}
                    </Button>
                  )}
                </li>
                <Node identifier={after} />
              </Fragment>
            )
          })}
        </ol>
      )}
    </>
  )
}

function Node({ identifier }: { readonly identifier: KnownIdentifier | undefined }) {
  const text = useText()
  if (identifier === undefined) return null
  return (
    <li className={style.node}>
      <code>{identifier.value}</code>
      <small>{text(`profile.identifier.${identifier.kind}`)}</small>
    </li>
  )
}

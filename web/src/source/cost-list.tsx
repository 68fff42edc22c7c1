import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { costsQuery, removeCost, type StoredCost, type StoredCostImport, type StoredCosts, undoCosts } from '../api/cost.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { ChannelBadge } from '../ui/channel.tsx'
import { ConfirmDelete } from '../ui/confirm-delete.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './source.module.css'

/** What is stored by day and campaign, and the imports that brought it. */
export function CostList() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const costs = useQuery(costsQuery(ws))
  if (costs.error !== null) return <Failed small error={costs.error} onRetry={() => void costs.refetch()} />
  if (costs.data === undefined) return <Loading rows={3} />
  return (
    <>
      <Stored ws={ws} costs={costs.data} />
      {costs.data.imports.length > 0 && (
        <Section title={text('source.imports')}>
          <ul className={style.rows} aria-label={text('source.imports')}>
            {costs.data.imports.map((it) => (
              <ImportRow key={it.id} ws={ws} it={it} />
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function Stored({ ws, costs }: { readonly ws: string; readonly costs: StoredCosts }) {
  const text = useText()
  const format = useFormat()
  const [going, setGoing] = useState<StoredCost | null>(null)
  const remove = useMutation({ mutationFn: (cost: StoredCost) => removeCost(ws, cost), onError: toastFailure })
  const { currency } = costs
  const money = (amount: string) => (currency == null ? amount : format.money(Number(amount), currency))
  if (costs.lines.length === 0 && costs.unrated.length === 0)
    return (
      <Section title={text('cost.list')}>
        <Empty small title={text('cost.none')}>
          {text('cost.noneNote')}
        </Empty>
      </Section>
    )
  return (
    <Section title={text('cost.list')} note={text('cost.listNote', { amount: money(costs.amount), clicks: format.count(costs.clicks) })}>
      {costs.unrated.length > 0 && (
        <p className={style.bad}>
          {text('money.unratedCosts', { which: costs.unrated.map((it) => `${it.currency}: ${format.count(it.records)}`).join(', ') })}
        </p>
      )}
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('cost.list') })}>
        <table className={style.preview}>
          <thead>
            <tr>
              <th scope="col">{text('cost.part.day')}</th>
              <th scope="col">{text('cost.part.channel')}</th>
              <th scope="col">{text('cost.part.source')}</th>
              <th scope="col">{text('cost.part.campaign')}</th>
              <th scope="col" data-number>
                {text('cost.part.amount')}
              </th>
              <th scope="col" data-number>
                {text('cost.part.impressions')}
              </th>
              <th scope="col" data-number>
                {text('cost.part.clicks')}
              </th>
              <th scope="col">
                <span className="visually-hidden">{text('cost.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {costs.lines.map((it) => (
              <tr key={`${it.day} ${it.channel} ${it.source} ${it.campaign}`}>
                <td>{format.date(it.day)}</td>
                <td>
                  <ChannelBadge channel={it.channel} />
                </td>
                <td>{it.source}</td>
                <td>{it.campaign === '' ? text('cost.noCampaign') : it.campaign}</td>
                <td className="tabular" data-number>{money(it.amount)}</td>
                <td className="tabular" data-number>{format.count(it.impressions)}</td>
                <td className="tabular" data-number>{format.count(it.clicks)}</td>
                <td>
                  <Button size="s" look="quiet" aria-label={text('cost.removeOf', { campaign: it.campaign, day: format.date(it.day) })} onClick={() => setGoing(it)}>
                    {text('cost.remove')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {costs.lines_count > costs.lines.length && <p className={style.hint}>{text('cost.more', { shown: format.count(costs.lines.length), all: format.count(costs.lines_count) })}</p>}
      {going !== null && (
        <ConfirmDelete
          title={text('cost.removeOf', { campaign: going.campaign, day: format.date(going.day) })}
          note={text('cost.removeNote')}
          action={text('cost.remove')}
          onConfirm={() => remove.mutate(going)}
          onClose={() => setGoing(null)}
        />
      )}
    </Section>
  )
}

function ImportRow({ ws, it }: { readonly ws: string; readonly it: StoredCostImport }) {
  const text = useText()
  const format = useFormat()
  const [undoing, setUndoing] = useState(false)
  const undo = useMutation({ mutationFn: () => undoCosts(ws, it.id), onError: toastFailure })
  return (
    <li className={style.row}>
      <span className={style.grow}>
        <b>{it.name}</b>
        <span className={style.quiet}>
          {text('cost.live', { live: format.count(it.records_live), all: format.count(it.records) })} · {it.member} · <Age time={it.at} />
        </span>
      </span>
      <Button size="s" icon="undo" aria-busy={undo.isPending} onClick={() => setUndoing(true)}>
        {text('source.undo')}
      </Button>
      {undoing && (
        <ConfirmDelete
          title={text('source.undoTitle', { name: it.name })}
          note={text('cost.undoNote')}
          action={text('source.undo')}
          onConfirm={() => undo.mutate()}
          onClose={() => setUndoing(false)}
        />
      )}
    </li>
  )
}

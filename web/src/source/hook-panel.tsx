import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type HookMaker, hooksQuery, makeHook } from '../api/hook.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { HookCard } from './hook-card.tsx'
import { hookMakers } from './hook-maker.ts'
import hookStyle from './hook.module.css'
import style from './source.module.css'
import { useMakerName } from './use-maker-name.ts'

/** Addresses to which other products send what happens there. */
export function HookPanel() {
  const { id: ws, role } = useWorkspace()
  const text = useText()
  const isGoverning = governs(role)
  const hooks = useQuery({ ...hooksQuery(ws), enabled: isGoverning })
  const [open, setOpen] = useState<number | null>(null)
  if (!isGoverning) return <Empty title={text('source.adminsOnly')}>{text('source.adminsOnlyNote')}</Empty>
  return (
    <>
      <NewHook onMade={setOpen} />
      <Section title={text('hook.list')}>
        {hooks.error !== null ? (
          <Failed small error={hooks.error} onRetry={() => void hooks.refetch()} />
        ) : hooks.data === undefined ? (
          <Loading rows={2} />
        ) : hooks.data.hooks.length === 0 ? (
          <Empty small title={text('hook.none')}>
            {text('hook.noneNote')}
          </Empty>
        ) : (
          <ul className={style.rows} aria-label={text('hook.list')}>
            {hooks.data.hooks.map((hook) => (
              <HookCard
                key={hook.id}
                hook={hook}
                base={hooks.data.base}
                isOpen={open === hook.id}
                onToggle={() => setOpen(open === hook.id ? null : hook.id)}
              />
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}

function NewHook({ onMade }: { readonly onMade: (id: number) => void }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const [maker, setMaker] = useState<HookMaker>('shopify')
  const [name, setName] = useState('')
  const makerName = useMakerName()
  const called = name.trim() === '' ? makerName(maker) : name.trim()
  const make = useMutation({
    mutationFn: () => makeHook(ws, { maker, name: called }),
    onSuccess: ({ id }) => {
      setName('')
      onMade(id)
    },
    onError: toastFailure,
  })
  return (
    <Section title={text('hook.new')} note={text(`hook.brings.${maker}`)}>
      <form
        className={`${style.make} ${hookStyle.make}`}
        onSubmit={(event) => {
          event.preventDefault()
          if (!make.isPending) make.mutate()
        }}
      >
        <SelectField label={text('hook.product')} value={maker} choices={hookMakers.map((value) => ({ value, label: makerName(value) }))} onChange={setMaker} />
        <TextField label={text('hook.name')} placeholder={makerName(maker)} value={name} maxLength={100} onChange={setName} />
        <Button type="submit" look="primary" icon="plus" aria-busy={make.isPending}>
          {text('hook.make')}
        </Button>
      </form>
    </Section>
  )
}

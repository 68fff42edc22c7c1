import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createWorkspace, loadDemo } from '../api/workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { LineArt } from '../ui/line-art.tsx'
import { Failed } from '../ui/look.tsx'
import { Mark } from '../ui/mark.tsx'
import style from './welcome.module.css'
import { workspaceIdOf } from './welcome.ts'

/** The first page of an empty installation: look at the demo shop, or begin with one's own data. */
export function WelcomePage() {
  const text = useText()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const open = (ws: string) => navigate({ to: '/w/$ws', params: { ws } })
  const demo = useMutation({ mutationFn: loadDemo, onSuccess: open })
  const own = useMutation({
    mutationFn: async () => {
      const workspace = { id: workspaceIdOf(name), name: name.trim(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
      await createWorkspace(workspace)
      return workspace.id
    },
    onSuccess: open,
  })
  return (
    <main className={style.page}>
      <div className={style.brand}>
        <Mark size={26} />
        {text('product')}
      </div>
      <LineArt name="start" />
      <h1>{text('welcome.title')}</h1>
      <p className={style.note}>{text('welcome.note')}</p>
      <div className={style.ways}>
        <section aria-label={text('welcome.demo')}>
          <h2>{text('welcome.demo')}</h2>
          <p>{text('welcome.demoNote')}</p>
          <Button look="primary" size="l" icon="play" aria-busy={demo.isPending} onClick={() => demo.isPending || demo.mutate()}>
            {text('welcome.demoAction')}
          </Button>
        </section>
        <section aria-label={text('welcome.own')}>
          <h2>{text('welcome.own')}</h2>
          <p>{text('welcome.ownNote')}</p>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (!own.isPending && name.trim() !== '') own.mutate()
            }}
          >
            <TextField label={text('welcome.name')} labelHidden placeholder={text('welcome.name')} required value={name} onChange={setName} />
            <Button type="submit" size="l" aria-busy={own.isPending}>
              {text('welcome.ownAction')}
            </Button>
          </form>
        </section>
      </div>
      {demo.error !== null && <Failed small error={demo.error} />}
      {own.error !== null && <Failed small error={own.error} />}
    </main>
  )
}

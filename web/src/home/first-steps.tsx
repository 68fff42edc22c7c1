import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { LineArt } from '../ui/line-art.tsx'
import { Failed } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import style from './home.module.css'
import { NextSteps } from './next-steps.tsx'
import { useDemo } from './use-home.ts'

/** The home page before the first event. */
export function FirstSteps({ overview }: { readonly overview: Overview }) {
  const text = useText()
  const demo = useDemo()
  return (
    <div className={style.first}>
      <Section title={text('home.next')}>
        <NextSteps steps={overview.next} />
      </Section>
      <Section title={text('home.demo')}>
        <LineArt name="start" />
        <p>{text('home.demoNote')}</p>
        <div style={{ display: 'flex', gap: 8, marginTop: 16 }}>
          <Button look="primary" icon="play" aria-busy={demo.isPending} onClick={() => demo.isPending || demo.mutate()}>
            {text('home.demoAction')}
          </Button>
          <Link from="/w/$ws" to="/w/$ws/sources">
            <Button tabIndex={-1}>{text('home.connectAction')}</Button>
          </Link>
        </div>
        {demo.error !== null && <Failed small error={demo.error} />}
      </Section>
    </div>
  )
}

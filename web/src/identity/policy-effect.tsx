import type { PolicyPreview } from '../api/identity.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { FaultList } from '../ui/fault-list.tsx'
import { Outlook } from '../ui/outlook.tsx'
import style from './identity.module.css'

/** What a policy would do to all of history, with some of whom it would concern. */
export function Effect({ preview }: { readonly preview: PolicyPreview }) {
  const text = useText()
  const format = useFormat()
  const { effect, faults } = preview
  if (effect == null) return <FaultList faults={faults} />
  const figures = [
    { name: text('identity.profiles'), before: effect.profiles_before, after: effect.profiles_after },
    { name: text('identity.suspendedCount'), before: effect.suspended_before, after: effect.suspended_after },
    { name: text('identity.shared'), before: effect.shared_before, after: effect.shared_after },
  ]
  return (
    <Outlook title={text('identity.effect')}>
      <dl className={style.figures}>
        {figures.map((it) => (
          <div key={it.name}>
            <dt>{it.name}</dt>
            <dd>
              {format.count(it.before)} → <b>{format.count(it.after)}</b>
            </dd>
          </div>
        ))}
        <div>
          <dt>{text('identity.merged')}</dt>
          <dd>
            <b>{format.count(effect.merged)}</b>
          </dd>
        </div>
        <div>
          <dt>{text('identity.split')}</dt>
          <dd>
            <b>{format.count(effect.split)}</b>
          </dd>
        </div>
        {effect.traits.map((it) => (
          <div key={it.name}>
            <dt>{text('identity.traitEffect', { name: it.name })}</dt>
            <dd>
              <b>{format.count(it.profiles)}</b>
            </dd>
          </div>
        ))}
      </dl>
      <Samples title={text('identity.mergeSamples')} samples={effect.merges} mark="+" />
      <Samples title={text('identity.splitSamples')} samples={effect.splits} mark="|" />
    </Outlook>
  )
}

function Samples({ title, samples, mark }: { readonly title: string; readonly samples: readonly (readonly string[])[]; readonly mark: string }) {
  if (samples.length === 0) return null
  return (
    <>
      <h4 className={style.of}>{title}</h4>
      <ul className={style.samples}>
        {samples.map((sample) => (
          <li key={sample.join(' ')}>{sample.join(` ${mark} `)}</li>
        ))}
      </ul>
    </>
  )
}

import { Link } from '@tanstack/react-router'
import type { ObjectKind } from '../api/object.ts'
import type { Promises } from '../api/promises.ts'
import { givenName } from '../api/use-kinds.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { useState } from 'react'
import style from './funnel.module.css'
import { useByChoices } from './use-by-choices.ts'

type BuilderProps = { readonly promises: Promises; readonly promising: readonly ObjectKind[]; readonly edit: (change: Partial<Promises>) => void }

const periods = ['day', 'week', 'month', 'range'] as const

/** Which objects, by what they are told apart, and where bins of gaps end. */
export function PromisesBuilder({ promises, promising, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const { id: ws } = useWorkspace()
  const lines = useByChoices([promises.breakdown])
  const named = promising.some((it) => it.id === promises.object)
  return (
    <div className={style.builder}>
      <Section title={text('promises.of')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('promises.object')}
            value={promises.object}
            choices={[...(named ? [] : [{ value: promises.object, label: promises.object }]), ...promising.map((it) => ({ value: it.id, label: givenName(it.name, text) }))]}
            onChange={(object) => edit({ object })}
          />
          <p className={style.quiet}>
            <Link to="/w/$ws/objects/kinds" params={{ ws }}>
              {text('promises.define')}
            </Link>
          </p>
        </div>
      </Section>
      <Section title={text('promises.split')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('promises.every')}
            value={periods.find((it) => it === promises.every) ?? 'week'}
            choices={periods.map((value) => ({ value, label: text(`promises.periods.${value}`) }))}
            onChange={(every) => edit({ every })}
          />
          <SelectField
            size="s"
            label={text('promises.breakdown')}
            value={promises.breakdown ?? ''}
            choices={[{ value: '', label: text('promises.noBreakdown') }, ...lines]}
            onChange={(field) => edit({ breakdown: field === '' ? null : field })}
          />
          <Bounds key={(promises.bounds_hours ?? []).join()} bounds={promises.bounds_hours ?? []} onChange={(bounds_hours) => edit({ bounds_hours })} />
        </div>
      </Section>
      <Section title={text('funnel.filter')} note={text('promises.filterNote')}>
        <FilterBuilder rule={promises.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

const USUAL = [-336, -168, -72, -24, 0, 24, 72, 168, 336]

/** Where bins end, as hours with commas between them; asked once the field is left. */
function Bounds({ bounds, onChange }: { readonly bounds: readonly number[]; readonly onChange: (bounds: number[]) => void }) {
  const text = useText()
  const [draft, setDraft] = useState((bounds.length > 0 ? bounds : USUAL).join(', '))
  const read = draft
    .split(/[,，、;\s]+/)
    .filter((it) => it !== '')
    .map(Number)
  const isSound = read.length > 0 && read.every((it, index) => Number.isFinite(it) && (index === 0 || it > (read[index - 1] ?? Number.NEGATIVE_INFINITY)))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isSound) onChange(read)
      }}
    >
      <TextField
        size="s"
        label={text('promises.bounds')}
        hint={text('promises.boundsHint')}
        fault={isSound ? undefined : text('promises.boundsFault')}
        value={draft}
        onChange={setDraft}
        onBlur={() => {
          if (isSound && read.join() !== (bounds.length > 0 ? bounds : USUAL).join()) onChange(read)
        }}
      />
    </form>
  )
}

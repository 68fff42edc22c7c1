import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { fieldValuesQuery } from '../api/catalog.ts'
import type { PageMap } from '../api/page-map.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { FilterBuilder } from '../ui/filter-builder.tsx'
import { Section } from '../ui/page.tsx'
import { PATH_FIELD } from './page-map-suggested.tsx'
import style from './funnel.module.css'
import { choiceOf, pageOfChoice } from './page-map.ts'
import { SpanField } from './span-field.tsx'

type BuilderProps = { readonly map: PageMap; readonly edit: (change: Partial<PageMap>) => void }

/** Which page, what went wrong with a click, and where widths part. */
export function PageMapBuilder({ map, edit }: BuilderProps) {
  const text = useText()
  const source = useMatcherSource()
  const choice = choiceOf(map.page)
  const rage = map.rage_clicks ?? 3
  return (
    <div className={style.builder}>
      <Section title={text('pageMap.page')}>
        <div className={style.choices}>
          <SelectField
            size="s"
            label={text('pageMap.which')}
            value={choice.kind}
            choices={[
              { value: 'is', label: text('pageMap.is') },
              { value: 'starts_with', label: text('pageMap.startsWith') },
            ]}
            onChange={(kind) => edit({ page: pageOfChoice({ ...choice, kind }) })}
          />
          <PathField key={`${choice.kind} ${choice.path}`} path={choice.path} onChange={(path) => edit({ page: pageOfChoice({ ...choice, path }) })} />
        </div>
      </Section>
      <Section title={text('pageMap.bounds')} note={text('pageMap.boundsNote')}>
        <div className={style.choices}>
          <div className={style.pair}>
            <SelectField
              size="s"
              label={text('pageMap.rageClicks')}
              value={String(rage)}
              choices={[2, 3, 4, 5, 6].map((it) => ({ value: String(it), label: text('pageMap.clicksOf', { count: it }) }))}
              onChange={(count) => edit({ rage_clicks: Number(count) })}
            />
            <SpanField label={text('pageMap.rageWithin')} value={map.rage_within ?? '1s'} onChange={(rage_within) => edit({ rage_within })} />
          </div>
          <SpanField label={text('pageMap.deadAfter')} value={map.dead_after ?? '2500ms'} onChange={(dead_after) => edit({ dead_after })} />
          <div className={style.pair}>
            <PixelField label={text('pageMap.tabletPx')} value={map.tablet_px ?? 600} onChange={(tablet_px) => edit({ tablet_px })} />
            <PixelField label={text('pageMap.desktopPx')} value={map.desktop_px ?? 1024} onChange={(desktop_px) => edit({ desktop_px })} />
          </div>
        </div>
      </Section>
      <Section title={text('funnel.filter')}>
        <FilterBuilder rule={map.filter} source={source} onChange={(filter) => edit({ filter })} />
      </Section>
    </div>
  )
}

/** A path with those that are known; it counts once the field is left. */
function PathField({ path, onChange }: { readonly path: string; readonly onChange: (path: string) => void }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const id = useId()
  const [written, setWritten] = useState(path)
  const found = useQuery(fieldValuesQuery(ws, PATH_FIELD, written.trim()))
  const take = () => {
    if (written.trim() !== path) onChange(written.trim())
  }
  return (
    <>
      <TextField
        size="s"
        mono
        label={text('pageMap.path')}
        placeholder="/"
        value={written}
        list={id}
        onChange={setWritten}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) take()
        }}
      />
      <datalist id={id}>
        {(found.data?.values ?? []).map(({ value }) => (
          <option key={String(value)} value={String(value)} />
        ))}
      </datalist>
    </>
  )
}

/** A width in CSS pixels; it counts once it can be read and the field is left. */
function PixelField({ label, value, onChange }: { readonly label: string; readonly value: number; readonly onChange: (px: number) => void }) {
  const text = useText()
  const [written, setWritten] = useState({ of: value, words: String(value) })
  const words = written.of === value ? written.words : String(value)
  const px = Number(words)
  const isSound = Number.isInteger(px) && px > 0 && px < 100_000
  const take = () => {
    if (isSound && px !== value) onChange(px)
  }
  return (
    <TextField
      size="s"
      label={label}
      inputMode="numeric"
      fault={isSound ? undefined : text('pageMap.pxFault')}
      value={words}
      onChange={(next) => setWritten({ of: value, words: next })}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) take()
      }}
    />
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeHook, type Hook, hookArrivalsQuery, hookPreviewQuery, readHookAgain } from '../api/hook.ts'
import type { Mapping } from '../api/import.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { TextArea } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { useSettled } from '../ui/use-settled.ts'
import hookStyle from './hook.module.css'
import { MappingFields, PreviewTable } from './mapping-editor.tsx'
import style from './source.module.css'

/** What the places of a body mean: from an arrival or a sample, beside what it becomes. */
export function HookMapping({ hook }: { readonly hook: Hook }) {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const arrivals = useQuery(hookArrivalsQuery(ws, hook.id))
  const [sample, setSample] = useState<string | null>(null)
  const [edited, setEdited] = useState<Mapping | null>(hook.mapping ?? null)
  const latest = arrivals.data?.arrivals.find((it) => it.sample != null)?.sample ?? null
  // The first that came stays, so that it is not another one with every arrival.
  if (sample === null && latest !== null) setSample(latest)
  const body = sample ?? ''
  const [asked, tried] = [useSettled(body), useSettled(edited)]
  const preview = useQuery(hookPreviewQuery(ws, asked, tried))
  // What was read from another body says nothing of this one.
  const isLooking = asked !== body || tried !== edited || preview.isPending || preview.isPlaceholderData
  const mapping = edited ?? preview.data?.mapping ?? null
  const save = useMutation({
    mutationFn: () => (mapping === null ? Promise.resolve() : changeHook(ws, hook.id, { mapping })),
    onSuccess: () => toast(text('hook.mappingSaved')),
    onError: toastFailure,
  })
  const again = useMutation({
    mutationFn: () => readHookAgain(ws, hook.id),
    onSuccess: ({ events }) => toast(text('hook.readAgainDone', { count: events, shown: format.count(events) })),
    onError: toastFailure,
  })
  return (
    <section aria-label={text('hook.mapping')}>
      <h3 className={hookStyle.heading}>
        {text('hook.mapping')} <span className={style.quiet}>{text('hook.mappingNote')}</span>
      </h3>
      <TextArea label={text('hook.sample')} hint={text('hook.sampleHint')} rows={5} spellCheck={false} value={body} onChange={setSample} />
      {latest !== null && latest !== body && (
        <Button size="s" onClick={() => setSample(latest)}>
          {text('hook.useLatest')}
        </Button>
      )}
      {body.trim() !== '' && (
        <div className={style.mapping}>
          <div className={style.parts}>
            {mapping !== null && preview.data !== undefined && <MappingFields mapping={mapping} columns={preview.data.columns} onChange={setEdited} />}
          </div>
          <div className={style.outcome}>
            {preview.error !== null ? (
              <Failed small error={preview.error} />
            ) : preview.data === undefined ? (
              <Loading />
            ) : (
              <PreviewTable
                preview={{ rows: preview.data.rows, rows_count: preview.data.rows.length, faults_count: preview.data.rows.filter((it) => it.event == null).length }}
              />
            )}
          </div>
        </div>
      )}
      <div className={style.finish}>
        <Button refused={mapping === null || preview.error !== null ? text('hook.sampleFirst') : isLooking ? text('draft.checking') : undefined} aria-busy={save.isPending} onClick={() => save.mutate()}>
          {text('hook.saveMapping')}
        </Button>
        <Button refused={hook.mapping == null ? text('hook.mappingFirst') : undefined} aria-busy={again.isPending} onClick={() => again.mutate()}>
          {text('hook.readAgain')}
        </Button>
        <span className={style.quiet}>{text('hook.fromNowOn')}</span>
      </div>
    </section>
  )
}

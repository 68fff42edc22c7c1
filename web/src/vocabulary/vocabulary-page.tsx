import { Suspense, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { useFormat } from '../i18n/use-format.ts'
import { Button } from '../ui/button.tsx'
import { DraftActions } from '../ui/draft-actions.tsx'
import { FaultList } from '../ui/fault-list.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Page } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { ElementTable } from './element-table.tsx'
import { EntryList } from './entry-list.tsx'
import { EventTable } from './event-table.tsx'
import { useVocabulary } from './use-vocabulary.ts'
import type { List } from './vocabulary.ts'
import style from './vocabulary.module.css'

/** What events mean: which touchpoint, on which channel, in which stage. An edit holds for all of history. */
export function VocabularyPage() {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <VocabularyEditor />
    </Suspense>
  )
}

function VocabularyEditor() {
  const text = useText()
  const format = useFormat()
  const [shown, setShown] = useState<List | 'events' | 'elements'>('touchpoints')
  const draft = useVocabulary()
  const { now, act, check, isChecking, saving, suggest, isNew } = draft
  const coverage = check.data?.coverage
  const faults = check.data?.faults ?? []
  const refused = !isNew ? text('settings.nothingNew') : isChecking ? text('draft.checking') : faults.length > 0 ? text('draft.mendFirst') : undefined
  return (
    <Page
      title={text('page.vocabulary')}
      note={text('vocabulary.note')}
      actions={
        <DraftActions
          draft={draft}
          refused={refused}
          isSaving={saving.isPending}
          onSave={() => saving.mutate(undefined, { onSuccess: () => toast(text('vocabulary.saved')), onError: toastFailure })}
        >
          <Button icon="spark" aria-busy={suggest.isPending} onClick={() => suggest.mutate(undefined, { onError: toastFailure })}>
            {text('vocabulary.suggest')}
          </Button>
        </DraftActions>
      }
    >
      <dl className={style.figures}>
        <div>
          <dt>{text('vocabulary.withTouchpoint')}</dt>
          <dd>{format.shareIfAny(coverage?.events_share_with_touchpoint)}</dd>
        </div>
        <div>
          <dt>{text('vocabulary.withStage')}</dt>
          <dd>{format.shareIfAny(coverage?.events_share_with_stage)}</dd>
        </div>
      </dl>
      {check.error !== null && <Failed small error={check.error} onRetry={() => void check.refetch()} />}
      <FaultList faults={faults} />
      <Segments
        label={text('page.vocabulary')}
        value={shown}
        segments={[
          { value: 'touchpoints', label: text('vocabulary.touchpoints') },
          { value: 'stages', label: text('vocabulary.stages') },
          { value: 'channels', label: text('vocabulary.channels') },
          { value: 'signals', label: text('vocabulary.signals') },
          { value: 'events', label: text('vocabulary.events') },
          { value: 'elements', label: text('vocabulary.elements') },
        ]}
        onChange={setShown}
      />
      <p className={style.hint}>{text(`vocabulary.about.${shown}`)}</p>
      {shown === 'events' ? (
        <EventTable />
      ) : shown === 'elements' ? (
        <ElementTable vocabulary={now} act={act} />
      ) : (
        <EntryList list={shown} vocabulary={now} coverage={coverage ?? null} act={act} />
      )}
    </Page>
  )
}

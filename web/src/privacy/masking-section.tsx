import { useMutation, useQuery } from '@tanstack/react-query'
import { changeMasking, type Masking, maskingQuery, previewMasking, type StoredMasking } from '../api/privacy.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useDraft } from '../canvas/use-draft.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section, SectionEnd } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { MaskingEffect } from './masking-effect.tsx'
import { canLookIn, countOf, detectors, places, treatmentOf, treatments, withTreatment } from './privacy.ts'
import style from './privacy.module.css'

/** What is masked before anything is stored. */
export function MaskingSection() {
  const text = useText()
  const { id: ws } = useWorkspace()
  const stored = useQuery(maskingQuery(ws))
  return (
    <Section title={text('privacy.masking')} note={text('privacy.maskingNote')}>
      {stored.error !== null ? (
        <Failed small error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data === undefined ? (
        <Loading rows={6} />
      ) : (
        <Editor ws={ws} stored={stored.data} readAgain={stored.refetch} />
      )}
    </Section>
  )
}

type EditorProps = { readonly ws: string; readonly stored: StoredMasking; readonly readAgain: () => unknown }

function Editor({ ws, stored, readAgain }: EditorProps) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const { now: masking, change, discard, isChanged, saving } = useDraft({ version: stored.version, value: stored.masking }, readAgain, (version, next) => changeMasking(ws, version, next))
  const trying = useMutation({ mutationFn: (tried: Masking) => previewMasking(ws, tried), onError: toastFailure })
  // What was tried may have been other rules.
  const effect = trying.variables === masking ? trying.data : undefined
  const refused = !governs(role) ? text('settings.adminsOnly') : !isChanged ? text('settings.nothingNew') : effect === undefined ? text('privacy.tryFirst') : undefined
  return (
    <>
      <div className={style.scroll}>
        <table className={style.rules} aria-label={text('privacy.masking')}>
          <thead>
            <tr>
              <th scope="col">{text('privacy.detector')}</th>
              {places.map((place) => (
                <th key={place} scope="col">
                  {text(`privacy.places.${place}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {detectors.map((detector) => (
              <tr key={detector}>
                <th scope="row">
                  {text(`privacy.detectors.${detector}`)}
                  <small>{text(`privacy.detectorNote.${detector}`)}</small>
                </th>
                {places.map((place) => {
                  const count = countOf(stored.found, detector, place)
                  return (
                    <td key={place}>
                      {canLookIn(detector, place) ? (
                        <>
                          <SelectField
                            size="s"
                            labelHidden
                            label={text('privacy.ruleOf', { detector: text(`privacy.detectors.${detector}`), place: text(`privacy.places.${place}`) })}
                            value={treatmentOf(masking, detector, place)}
                            choices={treatments.map((value) => ({ value, label: text(`privacy.treatments.${value}`) }))}
                            onChange={(treatment) => change((now) => withTreatment(now, detector, place, treatment))}
                          />
                          <small>{count === 0 ? '' : text('privacy.found', { count, shown: format.count(count) })}</small>
                        </>
                      ) : (
                        <span className={style.none}>{text('privacy.notHere')}</span>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={style.hint}>{text('privacy.foundSince', { time: format.moment(stored.since) })}</p>
      <div className={style.allowed}>
        <WordsField label={text('privacy.allowed')} hint={text('privacy.allowedHint')} words={masking.allowed ?? []} onChange={(allowed) => change((now) => ({ ...now, allowed }))} />
      </div>
      {effect !== undefined && <MaskingEffect preview={effect} />}
      <SectionEnd note={text('privacy.maskingHolds')}>
        {isChanged && <Button onClick={discard}>{text('draft.discard')}</Button>}
        <Button aria-busy={trying.isPending} refused={governs(role) ? undefined : text('settings.adminsOnly')} onClick={() => trying.mutate(masking)}>
          {text('privacy.try')}
        </Button>
        <Button
          look="primary"
          aria-busy={saving.isPending}
          refused={refused}
          onClick={() => saving.mutate(undefined, { onSuccess: () => toast(text('privacy.saved')), onError: toastFailure })}
        >
          {text('privacy.saveMasking')}
        </Button>
      </SectionEnd>
    </>
  )
}

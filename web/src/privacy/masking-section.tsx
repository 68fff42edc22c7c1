import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changeMasking, type Masking, maskingQuery, previewMasking, type StoredMasking } from '../api/privacy.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import { MaskingEffect } from './masking-effect.tsx'
import { canLookIn, countOf, detectors, isSame, places, treatmentOf, treatments, withTreatment, wordsOf } from './privacy.ts'
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
        <Editor key={stored.data.version} ws={ws} stored={stored.data} />
      )}
    </Section>
  )
}

function Editor({ ws, stored }: { readonly ws: string; readonly stored: StoredMasking }) {
  const text = useText()
  const format = useFormat()
  const { role } = useWorkspace()
  const [masking, setMasking] = useState<Masking>(stored.masking)
  const [allowed, setAllowed] = useState((stored.masking.allowed ?? []).join(', '))
  const trying = useMutation({ mutationFn: () => previewMasking(ws, masking), onError: toastFailure })
  const saving = useMutation({
    mutationFn: () => changeMasking(ws, stored.version, masking),
    onSuccess: () => toast(text('privacy.saved')),
    onError: toastFailure,
  })
  const edit = (next: Masking) => {
    setMasking(next)
    // What was tried were other rules.
    trying.reset()
  }
  const governs = role === 'admin' || role === 'owner'
  const isNew = !isSame(masking, stored.masking)
  const refused = !governs ? text('settings.adminsOnly') : !isNew ? text('settings.nothingNew') : trying.data === undefined ? text('privacy.tryFirst') : undefined
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
                            onChange={(treatment) => edit(withTreatment(masking, detector, place, treatment))}
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
        <TextField
          size="s"
          label={text('privacy.allowed')}
          hint={text('privacy.allowedHint')}
          value={allowed}
          onChange={(next) => {
            setAllowed(next)
            edit({ ...masking, allowed: wordsOf(next) })
          }}
        />
      </div>
      {trying.data !== undefined && <MaskingEffect preview={trying.data} />}
      <div className={style.end}>
        <p>{text('privacy.maskingHolds')}</p>
        {isNew && (
          <Button
            onClick={() => {
              edit(stored.masking)
              setAllowed((stored.masking.allowed ?? []).join(', '))
            }}
          >
            {text('privacy.discard')}
          </Button>
        )}
        <Button aria-busy={trying.isPending} onClick={() => trying.mutate()}>
          {text('privacy.try')}
        </Button>
        <Button look="primary" aria-busy={saving.isPending} refused={refused} onClick={() => saving.mutate()}>
          {text('privacy.saveMasking')}
        </Button>
      </div>
    </>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { CostFile } from '../api/cost.ts'
import { useText } from '../i18n/use-text.ts'
import { toastFailure } from '../ui/toast.tsx'
import { CostEditor } from './cost-editor.tsx'
import { CostList } from './cost-list.tsx'
import { DropPlace } from './import-panel.tsx'

/** What was paid for ads: a file is looked at, stored by day and campaign, and can be taken back. */
export function CostPanel() {
  const text = useText()
  const [file, setFile] = useState<CostFile | null>(null)
  const open = useMutation({
    mutationFn: async (chosen: File): Promise<CostFile> => ({ name: chosen.name, text: await chosen.text(), bytes: chosen.size }),
    onSuccess: setFile,
    onError: toastFailure,
  })
  return (
    <>
      {file === null ? (
        <DropPlace busy={open.isPending} title={text('cost.drop')} note={text('cost.dropNote')} accept=".csv,.tsv,.txt" onFile={(chosen) => open.mutate(chosen)} />
      ) : (
        <CostEditor key={`${file.name} ${file.bytes}`} file={file} onDone={() => setFile(null)} />
      )}
      <CostList />
    </>
  )
}

import { useText } from '../i18n/use-text.ts'
import { IconButton } from '../ui/button.tsx'
import { toast, toastFailure } from '../ui/toast.tsx'
import style from './source.module.css'

/** A text to be taken elsewhere, with a button that copies it. */
export function CopyLine({ value }: { readonly value: string }) {
  return (
    <div className={style.copy}>
      <code>{value}</code>
      <CopyButton value={value} />
    </div>
  )
}

export function CopyButton({ value }: { readonly value: string }) {
  const text = useText()
  return (
    <IconButton
      size="s"
      icon="copy"
      label={text('source.copy')}
      onClick={() => void navigator.clipboard.writeText(value).then(() => toast(text('source.copied')), toastFailure)}
    />
  )
}

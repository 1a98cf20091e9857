import { t } from '../../i18n'
import { toast } from '../../ui/toast'

/** Puts text onto the clipboard and says so. On plain http the clipboard's own interface is withheld; an old road works. */
export async function copyText(text: string): Promise<void> {
  const done = await withInterface(text).catch(() => withSelection(text))
  toast(done ? { text: t('common.copied'), kind: 'success' } : { text: t('common.somethingWrong'), kind: 'error' })
}

async function withInterface(text: string): Promise<boolean> {
  if (!navigator.clipboard) throw new Error('this page may not use the clipboard')
  await navigator.clipboard.writeText(text)
  return true
}

function withSelection(text: string): boolean {
  const area = document.createElement('textarea')
  const before = document.activeElement
  area.value = text
  area.readOnly = true
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  return done
}

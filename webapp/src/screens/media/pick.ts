/** Files from the person: chosen, pasted or dropped. */
import { ATTACH_MAX } from '../../core/media/limits'
import { t } from '../../i18n'
import { toast } from '../../ui/toast'

const PHOTOS_AND_VIDEOS = 'image/*,video/*'

/** Opens the system's chooser. Empty when nothing was chosen. Call it from a press: browsers insist on it. */
export function pickFiles(
  kind: 'media' | 'file',
  options: { single?: boolean; accept?: string } = {},
): Promise<File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = !options.single
  if (options.accept) input.accept = options.accept
  else if (kind === 'media') input.accept = PHOTOS_AND_VIDEOS
  input.hidden = true
  document.body.append(input) // some browsers forget a chooser that stands nowhere
  return new Promise(resolve => {
    const settle = () => {
      const files = [...(input.files ?? [])]
      input.remove()
      resolve(bounded(files))
    }
    input.addEventListener('change', settle, { once: true })
    input.addEventListener('cancel', settle, { once: true })
    input.click()
  })
}

/** The files of a paste or a drop; none when it is text. Pictures copied from a page come as files too. */
export function filesOf(data: DataTransfer | null): File[] {
  if (!data) return []
  const files = [...data.items].flatMap(item => {
    const isFolder = item.kind === 'file' && item.webkitGetAsEntry?.()?.isDirectory === true
    const file = item.kind === 'file' && !isFolder ? item.getAsFile() : null
    return file ? [file] : []
  })
  return bounded(files)
}

/** Whether something that is being dragged holds files. */
export function holdsFiles(data: DataTransfer | null): boolean {
  return data !== null && [...data.types].includes('Files')
}

function bounded(files: File[]): File[] {
  if (files.length <= ATTACH_MAX) return files
  toast({ text: t('media.attachTooMany', { count: ATTACH_MAX }) })
  return files.slice(0, ATTACH_MAX)
}

/** What is said about media: names of kinds, of failures, of files. Reactive where called. */
import type { Message } from '../../core/types'
import { type Key, t } from '../../i18n'
import { byteSize } from '../../i18n/format'
import { shownName } from '../../core/media/names'

const FAILURES: Readonly<Record<string, Key>> = {
  FILE_BROKEN: 'media.failureBroken',
  FILE_GONE: 'media.failureGone',
  STORAGE_QUOTA_EXCEEDED: 'media.failureQuota',
  IMAGE_PROCESS_FAILED: 'media.failureImage',
  PHOTO_EXT_INVALID: 'media.failureImage',
  PHOTO_INVALID_DIMENSIONS: 'media.failureImage',
  PHOTO_SAVE_FILE_INVALID: 'media.failureImage',
}

/** Why a download failed, as a sentence. */
export function downloadFailure(code: string | undefined, limitBytes = 1024 * 1024 * 1024): string {
  if (code === 'TOO_LARGE') return t('media.failureTooLarge', { size: byteSize(limitBytes) })
  return t(FAILURES[code ?? ''] ?? 'media.failureDownload')
}

/** Why an upload failed, as a sentence. */
export function uploadFailure(code: string | undefined): string {
  return t(FAILURES[code ?? ''] ?? 'media.failureUpload')
}

/** A file's name, whole, fit to be shown. */
export function fileName(claimed: string | undefined): string {
  const { stem, ending } = shownName(claimed, t('media.unnamed'))
  return stem + ending
}

/** What a picture or video is called for those who do not see it: its caption, or its kind. */
export function altText(message: Message, kind: 'photo' | 'video' | 'gif'): string {
  const caption = message.text.trim().slice(0, 200)
  const name = t(`media.${kind}`)
  return caption ? `${name}: ${caption}` : name
}

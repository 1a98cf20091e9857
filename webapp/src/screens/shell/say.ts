/** Failures in plain words. The engine rejects with a `Failure`; people read sentences. */
import { Failure } from '../../core/types'
import { type Key, t } from '../../i18n'
import { duration } from '../../i18n/format'
import { toast } from '../../ui/toast'

const SENTENCES: Readonly<Record<string, Key>> = {
  OFFLINE: 'chat.failureOffline',
  TIMEOUT: 'chat.failureTimeout',
  TOO_LARGE: 'chat.failureTooLarge',
  STORAGE_FULL: 'chat.failureStorageFull',
  PEER_FLOOD: 'chat.failurePeerFlood',
  USER_IS_BLOCKED: 'chat.failureBlockedByThem',
  YOU_BLOCKED_USER: 'chat.failureBlockedByYou',
  USER_PRIVACY_RESTRICTED: 'chat.failurePrivacy',
  CHAT_WRITE_FORBIDDEN: 'chat.failureMayNotWrite',
  INPUT_USER_DEACTIVATED: 'chat.failureDeleted',
  PEER_ID_INVALID: 'chat.failureGone',
  MESSAGE_ID_INVALID: 'chat.failureMessageGone',
  MESSAGE_EDIT_TIME_EXPIRED: 'chat.failureEditTime',
  MESSAGE_DELETE_FORBIDDEN: 'chat.failureDelete',
  MESSAGE_TOO_LONG: 'chat.failureTooLong',
  PINNED_DIALOGS_TOO_MUCH: 'chat.failureTooManyPins',
  USERNAME_INVALID: 'chat.failureGone',
  USERNAME_NOT_OCCUPIED: 'chat.failureGone',
}

/** What went wrong, as a sentence; undefined for what the person did themselves (cancelled it). */
export function failureWords(cause: unknown): string | undefined {
  if (!(cause instanceof Failure)) return t('common.somethingWrong')
  if (cause.code === 'CANCELLED') return undefined
  if (cause.code === 'FLOOD_WAIT') return t('common.tooFast', { wait: duration(cause.amount ?? 1) })
  return t(SENTENCES[cause.code] ?? 'common.somethingWrong')
}

/** Shows a failure as a notice. */
export function say(cause: unknown): void {
  const text = failureWords(cause)
  if (text) toast({ text, kind: 'error' })
  if (!(cause instanceof Failure)) console.error(cause)
}

/** For actions whose only answer is whether they worked: true if so, else the failure is shown. */
export async function attempt(action: Promise<unknown>): Promise<boolean> {
  try {
    await action
    return true
  } catch (cause) {
    say(cause)
    return false
  }
}

/** What went wrong at the door, in plain words; the protocol's names for it are shown to nobody. */
import { Failure } from '../../core/types'
import { type Key, t } from '../../i18n'
import { duration } from '../../i18n/format'
import type doorPack from '../../languages/en/door.json'

type ErrorKey = Extract<keyof typeof doorPack, `error.${string}`>

const SENTENCES: Readonly<Record<string, ErrorKey>> = {
  CHALLENGE_EXPIRED: 'error.CHALLENGE_INVALID',
  CHALLENGE_INVALID: 'error.CHALLENGE_INVALID',
  CODE_INVALID: 'error.CODE_INVALID',
  EMAIL_INVALID: 'error.EMAIL_INVALID',
  FIRSTNAME_INVALID: 'error.FIRSTNAME_INVALID',
  INVITE_INVALID: 'error.INVITE_INVALID',
  OFFLINE: 'error.OFFLINE',
  PASSWORD_HASH_INVALID: 'error.PASSWORD_WRONG',
  PASSWORD_RECOVERY_EXPIRED: 'error.PASSWORD_RECOVERY_EXPIRED',
  PASSWORD_RECOVERY_NA: 'error.PASSWORD_RECOVERY_NA',
  PHONE_CODE_EMPTY: 'error.PHONE_CODE_INVALID',
  PHONE_CODE_EXPIRED: 'error.PHONE_CODE_EXPIRED',
  PHONE_CODE_INVALID: 'error.PHONE_CODE_INVALID',
  PHONE_NUMBER_BANNED: 'error.PHONE_NUMBER_BANNED',
  PHONE_NUMBER_FLOOD: 'error.PHONE_NUMBER_FLOOD',
  PHONE_NUMBER_INVALID: 'error.PHONE_NUMBER_INVALID',
  PHONE_NUMBER_UNOCCUPIED: 'error.PHONE_NUMBER_UNOCCUPIED',
  RECOVERY_CODE_INVALID: 'error.RECOVERY_CODE_INVALID',
  TIMEOUT: 'error.TIMEOUT',
}

/** Failures whose meaning depends on the screen: code to the key that says it there. */
export type Meaning = Readonly<Record<string, Key>>

/** The sentence for a failure; undefined for what the person did themselves (cancelled it). */
export function doorWords(cause: unknown, here: Meaning = {}): string | undefined {
  if (!(cause instanceof Failure)) {
    console.error(cause)
    return t('door.error.other')
  }
  if (cause.code === 'CANCELLED') return undefined
  if (cause.code === 'FLOOD_WAIT') return t('door.error.FLOOD', { wait: duration(cause.amount ?? 1) })
  const own = here[cause.code]
  return own ? t(own) : t(`door.${SENTENCES[cause.code] ?? 'error.other'}`)
}

/** Whether a failure has this name. */
export function failedWith(cause: unknown, code: string): boolean {
  return cause instanceof Failure && cause.code === code
}

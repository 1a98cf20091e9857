/** Outcomes of orders in plain words. */
import { Failure } from '../../core/types'
import { type Key, t } from '../../i18n'
import { duration } from '../../i18n/format'
import { toast } from '../../ui/toast'
import { OrderRefused } from './orders'

const SENTENCES: Readonly<Record<string, Key>> = {
  PASSWORD_HASH_INVALID: 'admin.wrongPassword',
  FRESH_SIGN_IN_REQUIRED: 'admin.noPassword',
  ADMIN_REQUIRED: 'admin.notOne',
  OFFLINE: 'common.offline',
}

/** What went wrong; undefined for what somebody cancelled. */
export function failureWords(cause: unknown): string | undefined {
  if (cause instanceof OrderRefused) return t('admin.refused', { reason: cause.message })
  if (!(cause instanceof Failure)) return t('common.somethingWrong')
  if (cause.code === 'CANCELLED') return undefined
  if (cause.code === 'FLOOD_WAIT') return t('common.tooFast', { wait: duration(cause.amount ?? 1) })
  return t(SENTENCES[cause.code] ?? 'common.somethingWrong')
}

/** Does it and says so; false, and a notice, if it failed. */
export async function attempt(action: Promise<unknown>, success?: string): Promise<boolean> {
  try {
    await action
    if (success) toast({ text: success, kind: 'success' })
    return true
  } catch (cause) {
    const text = failureWords(cause)
    if (text) toast({ text, kind: 'error' })
    return false
  }
}

/**
 * What this browser remembers of a sign-up that is under way, so that a reload goes on with it: the number it was given, and how far it got.
 * Never a name, a password or a code. Storage may be withheld; then a reload begins anew, and nothing else breaks.
 */
import { JOINING_SECONDS } from './limits'

/** A sign-up under way. */
export interface UnfinishedJoin {
  /** Digits, without plus. */
  phone: string
  /** `number`: reserved only. `account`: the account exists, but not all that protects it. */
  stage: 'number' | 'account'
  /** When it is forgotten, milliseconds of this device's clock. */
  until: number
}

const STORED_UNDER = 'kentong.joining'

/** The sign-up that this browser was in the middle of. */
export function unfinishedJoin(): UnfinishedJoin | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_UNDER) ?? 'null')
    return isUnfinished(stored) && stored.until > Date.now() ? stored : undefined
  } catch {
    return undefined
  }
}

/** Remembers how far a sign-up is; `seconds` is how long that is worth anything. */
export function rememberJoin(phone: string, stage: UnfinishedJoin['stage'], seconds = JOINING_SECONDS): void {
  const joining: UnfinishedJoin = { phone, stage, until: Date.now() + seconds * 1000 }
  try {
    localStorage.setItem(STORED_UNDER, JSON.stringify(joining))
  } catch {
    // withheld or full: a reload will begin anew
  }
}

/** The sign-up is finished, or given up. */
export function forgetJoin(): void {
  try {
    localStorage.removeItem(STORED_UNDER)
  } catch {
    // withheld: there is nothing to forget
  }
}

function isUnfinished(stored: unknown): stored is UnfinishedJoin {
  if (typeof stored !== 'object' || stored === null) return false
  const { phone, stage, until } = stored as Record<string, unknown>
  return (
    typeof phone === 'string' &&
    /^\d{5,20}$/.test(phone) &&
    (stage === 'number' || stage === 'account') &&
    typeof until === 'number'
  )
}

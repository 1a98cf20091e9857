/** Numbers as people type them. */

/** Digits of a whole number, this server's own included, fewest and most. */
const DIGITS_MIN = 7
const DIGITS_MAX = 15
/** Digits of one of this server's own numbers behind the prefix. */
const OWN_DIGITS = 9
/** Digits of an invite. */
const INVITE_DIGITS = 12

/** The digits of a number as it was typed, whatever stands between them. */
export function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '')
}

/** Whether this can be a whole number. */
export function isWholeNumber(typed: string, prefix: string): boolean {
  const digits = digitsOf(typed)
  if (isOwnNumber(typed, prefix)) return digits.length === prefix.length + OWN_DIGITS
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX
}

/** Whether the number is, or will be, one of this server's own. */
export function isOwnNumber(typed: string, prefix: string): boolean {
  return digitsOf(typed).startsWith(prefix)
}

/** The invite in what was typed or pasted: twelve digits, alone, in groups, or at the end of a link. */
export function inviteOf(typed: string): string | undefined {
  const last = typed.trim().split('/').filter(Boolean).at(-1) ?? ''
  const digits = digitsOf(last)
  return digits.length === INVITE_DIGITS && /^[\d\s-]+$/.test(last) ? digits : undefined
}

/** A recovery code as the server writes it: letters large, groups of four. Undefined when it cannot be one. */
export function recoveryCodeOf(typed: string): string | undefined {
  const characters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return characters.length >= 16 ? (characters.match(/.{1,4}/g) ?? []).join('-') : undefined
}

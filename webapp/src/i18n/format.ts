/**
 * Dates, times, sizes and waits the way the person's language writes them. All are reactive to the language; all by `Intl`.
 *
 * Points in time are milliseconds since 1970, as `Date.now()` gives them; durations are seconds.
 */
import { locale } from './index'

const DAY_MS = 86_400_000
const FORMATS_LIMIT = 64 // formatters kept; a language uses about a dozen
/** Country codes of one and two digits (ITU-T E.164); all others have three. */
const COUNTRY_CODES = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/
const formats = new Map<string, unknown>()

/** "14:05", or "2:05 PM" where people write so. */
export function timeOfDay(at: number): string {
  return dateFormat({ hour: 'numeric', minute: '2-digit' }).format(at)
}

/** A day among days: "today", "yesterday", "Monday" within a week, "3 May" this year, "3 May 2024" before. */
export function dayName(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0 || days === 1) return relativeDays(-days)
  if (days > 1 && days < 7) return dateFormat({ weekday: 'long' }).format(at)
  return dateFormat(
    sameYear(at, now) ? { day: 'numeric', month: 'long' } : { day: 'numeric', month: 'long', year: 'numeric' },
  ).format(at)
}

/** The shortest that still says when: the time today, "Mon" within a week, "3/5" this year, "3/5/24" before. For lists. */
export function shortMoment(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days <= 0) return timeOfDay(at)
  if (days < 7) return dateFormat({ weekday: 'short' }).format(at)
  return dateFormat(
    sameYear(at, now) ? { day: 'numeric', month: 'numeric' } : { day: 'numeric', month: 'numeric', year: '2-digit' },
  ).format(at)
}

/** Day and time in full: "3 May 2024 at 14:05". For tooltips and details. */
export function fullMoment(at: number): string {
  return dateFormat({ dateStyle: 'long', timeStyle: 'short' }).format(at)
}

/** How long ago in words: "5 minutes ago", "yesterday". */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.max(0, (now - at) / 1000)
  const relative = relativeFormat()
  if (seconds < 60) return relative.format(0, 'minute')
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  const days = daysBetween(at, now)
  if (days === 0) return relative.format(-Math.floor(seconds / 3600), 'hour')
  return days < 30 ? relative.format(-days, 'day') : dayName(at, now)
}

/** A wait in words, rounded so that it stays honest: "40 seconds", "5 minutes", "2 hours". */
export function duration(seconds: number): string {
  if (seconds < 60) return unit(Math.max(1, Math.ceil(seconds)), 'second')
  if (seconds < 3600) return unit(Math.ceil(seconds / 60), 'minute')
  return unit(Math.ceil(seconds / 3600), 'hour')
}

/** A running clock: "0:05", "12:30", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const tail = `${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail.replace(/^0/, '')
}

/** A size: "512 B", "1.4 MB". */
export function byteSize(bytes: number): string {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = Math.min(steps.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0)
  return unit(bytes / 1000 ** step, steps[step] ?? 'byte', step === 0 ? 'narrow' : 'short', step === 0 ? 0 : 1)
}

/** A number with the language's separators. */
export function number(value: number): string {
  return remembered('number', () => new Intl.NumberFormat(locale())).format(value)
}

/** A share between 0 and 1 as "42%". */
export function percent(share: number): string {
  return remembered('percent', () => new Intl.NumberFormat(locale(), { style: 'percent' })).format(share)
}

/** "Ani, Budi and Citra". */
export function listed(items: readonly string[]): string {
  return remembered('list', () => new Intl.ListFormat(locale())).format(items)
}

/** A number of a person as people write it: "+888 123 456 789", "+62 812 345 6789", "+1 555 123 4567". */
export function phoneNumber(digits: string): string {
  const plain = digits.replace(/\D/g, '')
  const country = plain.slice(0, COUNTRY_CODES.exec(plain)?.[0].length ?? 3)
  const groups = plain.slice(country.length).match(/\d{3}(?=\d{3})|\d{1,4}$|\d{3}/g) ?? []
  return [`+${country}`, ...groups].join(' ')
}

/** Midnights between two moments, by this device's calendar; 0 on the same day, negative for the future. */
export function daysBetween(at: number, now: number): number {
  return Math.round((midnight(now) - midnight(at)) / DAY_MS)
}

function unit(
  value: number,
  name: string,
  unitDisplay: 'long' | 'short' | 'narrow' = 'long',
  maximumFractionDigits = 0,
): string {
  const options = { style: 'unit', unit: name, unitDisplay, maximumFractionDigits } as const
  return remembered(JSON.stringify(options), () => new Intl.NumberFormat(locale(), options)).format(value)
}

function relativeDays(days: number): string {
  return capitalised(relativeFormat().format(days, 'day'))
}

function relativeFormat(): Intl.RelativeTimeFormat {
  return remembered('relative', () => new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }))
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return remembered(JSON.stringify(options), () => new Intl.DateTimeFormat(locale(), options))
}

function remembered<T>(name: string, make: () => T): T {
  const key = `${locale()} ${name}`
  if (!formats.has(key)) {
    if (formats.size >= FORMATS_LIMIT) formats.clear()
    formats.set(key, make())
  }
  return formats.get(key) as T
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1)
}

function sameYear(at: number, now: number): boolean {
  return new Date(at).getFullYear() === new Date(now).getFullYear()
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}

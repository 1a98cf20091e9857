/**
 * Which rows of the loaded window are drawn. A window holds hundreds of messages; the page draws a stretch of them around
 * what is in view and moves it along, so that a conversation of any length costs the same. Heights are never guessed:
 * what is drawn is measured, what is not drawn takes no room. Pure; keys name rows.
 */

/** Rows drawn at most, and added at once when an edge comes near. */
export const DRAWN = 160
export const STEP = 50

/** `last` absent: up to the window's end, and along with it. */
export interface Range {
  first?: string | undefined
  last?: string | undefined
}

export interface Span {
  start: number
  end: number
}

/** The rows a range means. A key that is gone stands for the window's edge on its side. */
export function spanOf(keys: readonly string[], range: Range): Span {
  const lastAt = range.last === undefined ? -1 : keys.indexOf(range.last)
  const end = lastAt < 0 ? keys.length : lastAt + 1
  const firstAt = range.first === undefined ? -1 : keys.indexOf(range.first)
  const start = firstAt < 0 || firstAt >= end ? Math.max(0, end - DRAWN) : firstAt
  return { start, end }
}

/** One step further up; the lower edge gives way when too much would be drawn. */
export function upwards(keys: readonly string[], span: Span): Range {
  const start = Math.max(0, span.start - STEP)
  return rangeOf(keys, { start, end: Math.min(span.end, start + DRAWN) })
}

/** One step further down. */
export function downwards(keys: readonly string[], span: Span): Range {
  const end = Math.min(keys.length, span.end + STEP)
  return rangeOf(keys, { start: Math.max(span.start, end - DRAWN), end })
}

/** Around one row, in the middle. */
export function around(keys: readonly string[], key: string): Range {
  const at = Math.max(0, keys.indexOf(key))
  const end = Math.min(keys.length, at + DRAWN / 2)
  return rangeOf(keys, { start: Math.max(0, end - DRAWN), end })
}

/** The end, with as much before it as a few screens need: the first look draws little. */
export function atEnd(keys: readonly string[]): Range {
  return rangeOf(keys, { start: Math.max(0, keys.length - STEP), end: keys.length })
}

function rangeOf(keys: readonly string[], { start, end }: Span): Range {
  return { first: keys[start], last: end >= keys.length ? undefined : keys[end - 1] }
}

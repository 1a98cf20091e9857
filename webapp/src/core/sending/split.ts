// Texts as they may be sent: without blanks around them, and in pieces that fit a message.

import type { Entity, FormattedText } from '../types'

/** A stretch of a text with the formatting that lies in it. */
export function slice({ text, entities }: FormattedText, from: number, to: number): FormattedText {
  const cut = entities.flatMap(entity => {
    const start = Math.max(entity.offset, from)
    const end = Math.min(entity.offset + entity.length, to)
    return end > start ? [{ ...entity, offset: start - from, length: end - start } as Entity] : []
  })
  return { text: text.slice(from, to), entities: cut }
}

/** Without blanks at both ends, as the server would make it. */
export function tidied(formatted: FormattedText): FormattedText {
  const { text } = formatted
  const from = text.length - text.trimStart().length
  return slice(formatted, from, Math.max(from, text.trimEnd().length))
}

/** Pieces of at most `limit` UTF-16 units, cut at paragraphs, lines, sentences or words, in this order of liking. */
export function pieces(formatted: FormattedText, limit: number): FormattedText[] {
  const all: FormattedText[] = []
  let rest = tidied(formatted)
  while (rest.text.length > limit) {
    const at = cutAt(rest.text, limit)
    all.push(tidied(slice(rest, 0, at)))
    rest = tidied(slice(rest, at, rest.text.length))
  }
  if (rest.text) all.push(rest)
  return all.filter(piece => piece.text)
}

function cutAt(text: string, limit: number): number {
  for (const mark of ['\n\n', '\n', '. ', ' ']) {
    const at = text.lastIndexOf(mark, limit - mark.length)
    // A piece of a few words, because a paragraph ends early, would look like an accident.
    if (at > limit / 2) return at + mark.length
  }
  // Never between the two halves of a character.
  const isHigh = /[\ud800-\udbff]/.test(text.charAt(limit - 1))
  return isHigh ? limit - 1 : limit
}

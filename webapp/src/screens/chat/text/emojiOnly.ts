/** Messages of a few emoji and nothing else are drawn large. */

/** More than so many are ordinary text. */
const MOST = 6
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u
const segmenter =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null

/** How many emoji a text is made of; 0 if it holds anything else, or too many. */
export function emojiCount(text: string): number {
  const trimmed = text.trim()
  if (!segmenter || trimmed.length === 0 || trimmed.length > MOST * 16) return 0
  let count = 0
  for (const { segment } of segmenter.segment(trimmed)) {
    if (/^\s+$/u.test(segment)) continue
    if (!EMOJI.test(segment) || ++count > MOST) return 0
  }
  return count
}

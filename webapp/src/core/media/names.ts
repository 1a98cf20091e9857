/**
 * Names of files, which strangers write: fit to be shown, and fit to become a file on this device.
 *
 * A name may hold characters that turn the direction of writing round, so that `gpj.exe` reads as a picture, and more. All
 * of them go. The ending is kept apart, so that no shortening hides it.
 */
import { NAME_MAX_CHARS } from './limits'

/** Controls, marks of direction, invisible joiners between letters that join nothing, and what is no character. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu
/** Half of a pair, which no system takes. */
const LONE = /\p{Cs}/gu
/** What some system does not allow in a name, or takes for a folder. */
const FORBIDDEN = /[\\/:*?"<>|]/g
/** Names that are devices on Windows, whatever ending they have. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i
const LETTERS = /^[\p{L}\p{N}]+$/u
/** Longest ending that is taken for one, in characters. */
const ENDING_MAX_CHARS = 12

export interface ShownName {
  /** All before the ending. */
  readonly stem: string
  /** With its dot; empty when there is none. */
  readonly ending: string
}

/** A name to show: without anything that changes how the rest reads. */
export function shownName(claimed: string | undefined, otherwise: string): ShownName {
  const clean = [...withoutUnseen(claimed ?? '')].slice(0, 255).join('').trim()
  return split(clean || otherwise)
}

/** A name to save under: safe on every system. */
export function savedName(claimed: string | undefined, otherwise: string): string {
  const plain = withoutUnseen(claimed ?? '').replace(FORBIDDEN, '_')
  const { stem, ending } = split(
    plain
      .replace(/\s+/g, ' ')
      .replace(/^[. ]+/, '')
      .trim(),
  )
  const tail = ending.replace(/[. ]+$/, '')
  const head = shortened(stem.replace(/[. ]+$/, ''), NAME_MAX_CHARS - tail.length)
  if (head === '') return otherwise
  return `${DEVICE.test(head) ? `_${head}` : head}${tail}`
}

/** The ending in small letters without its dot. */
export function endingOf(claimed: string | undefined): string {
  return split(withoutUnseen(claimed ?? '').trim())
    .ending.slice(1)
    .toLowerCase()
}

function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, '').replace(LONE, '\ufffd')
}

function split(name: string): ShownName {
  const dot = name.lastIndexOf('.')
  const isEnding =
    dot > 0 && dot < name.length - 1 && name.length - dot <= ENDING_MAX_CHARS && LETTERS.test(name.slice(dot + 1))
  return isEnding ? { stem: name.slice(0, dot), ending: name.slice(dot) } : { stem: name, ending: '' }
}

function shortened(text: string, chars: number): string {
  const letters = [...text]
  return letters.length <= chars ? text : letters.slice(0, chars).join('').trimEnd()
}

/**
 * Which languages there are, which one this person reads, and which way it runs.
 *
 * A language is a folder of packs under `languages/`; this file finds them at build time, so that a new one needs no code. It does not
 * load words: that is `packs.ts`.
 */
import names from '../languages/names.json'

/** A language tag of a pack, such as "en" or "id". */
export type Language = string

/** The language that every pack exists in, and that is spoken when none of the person's is known. */
export const FALLBACK: Language = 'en'

const STORED_UNDER = 'kentong.language'
const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])

/** All languages, each with the name its own speakers call it by. */
export const LANGUAGES: ReadonlyArray<{ tag: Language; name: string }> = Object.entries(names).map(([tag, name]) => ({
  tag,
  name,
}))

/** Whether there are packs for exactly this tag. */
export function isLanguage(tag: string | null): tag is Language {
  return tag !== null && Object.hasOwn(names, tag)
}

/** The direction in which a language is written. */
export function directionOf(tag: Language): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(primaryOf(tag)) ? 'rtl' : 'ltr'
}

/** The first of the wanted languages that there is; a dialect finds its main language, `in` finds `id` (its former code). */
export function bestOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (isLanguage(tag)) return tag
    const primary = primaryOf(tag)
    if (isLanguage(primary)) return primary
    if (primary === 'in') return 'id'
  }
  return FALLBACK
}

/** What the person chose here, or null when they leave it to the browser. */
export function chosenLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(STORED_UNDER)
    return isLanguage(stored) ? stored : null
  } catch {
    return null // storage is withheld: the browser's languages decide
  }
}

/** Keeps the choice for the next visit; null goes back to the browser's languages. */
export function keepLanguage(tag: Language | null): void {
  try {
    if (tag === null) localStorage.removeItem(STORED_UNDER)
    else localStorage.setItem(STORED_UNDER, tag)
  } catch {
    // storage is withheld: the choice holds until the page is closed
  }
}

/** The language to begin with. */
export function firstLanguage(): Language {
  return chosenLanguage() ?? bestOf(navigator.languages ?? [navigator.language])
}

/**
 * The locale for dates, times and numbers: of those that the browser wants the first in this language, since "en" alone would mean American
 * hours to somebody in Jakarta or London.
 */
export function localeOf(language: Language, wanted: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return wanted.find(tag => primaryOf(tag) === primaryOf(language)) ?? language
}

function primaryOf(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase()
}

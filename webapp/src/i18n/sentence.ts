/**
 * From a pack's entry to a sentence: the plural form, then the placeholders. Pure; knows no signals and no network.
 *
 * Placeholders are written `{name}`. Numbers are written the way the language writes them. Nothing is ever parsed as markup: where a
 * sentence holds a link or a button, `pieces` gives it in parts and the screen puts its elements between them.
 */
import type { Language } from './languages'
import type { Entry } from './packs'

/** What may stand for a placeholder. A number called `count` chooses the plural form. */
export type Values = Readonly<Record<string, string | number>>

const PLACEHOLDER = /\{(\w+)\}/g
const plurals = new Map<Language, Intl.PluralRules>()
const numbers = new Map<Language, Intl.NumberFormat>()

/** The entry's form for the values: the one for their `count`, else "other". */
export function chooseForm(entry: Entry, language: Language, values: Values): string {
  if (typeof entry === 'string') return entry
  const count = values.count
  const rule = typeof count === 'number' ? pluralRules(language).select(count) : 'other'
  return entry[rule] ?? entry.other ?? ''
}

/** The sentence with its placeholders filled; one without a value stays as it is, so that it is seen and mended. */
export function fill(sentence: string, language: Language, values: Values): string {
  return sentence.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? numberFormat(language).format(value) : value
  })
}

/** The sentence cut at its placeholders: text at even places, the placeholders' names at odd ones. */
export function cut(sentence: string): string[] {
  return sentence.split(PLACEHOLDER)
}

/** The names of an entry's placeholders, in all its forms. */
export function placeholders(entry: Entry): Set<string> {
  const forms = typeof entry === 'string' ? [entry] : Object.values(entry)
  return new Set(forms.flatMap(form => [...form.matchAll(PLACEHOLDER)].map(found => found[1] ?? '')))
}

/** The plural rules of a language, made once. */
export function pluralRules(language: Language): Intl.PluralRules {
  return remembered(plurals, language, () => new Intl.PluralRules(language))
}

/** How a language writes numbers, made once. */
export function numberFormat(language: Language): Intl.NumberFormat {
  return remembered(numbers, language, () => new Intl.NumberFormat(language))
}

function remembered<T>(made: Map<Language, T>, language: Language, make: () => T): T {
  let found = made.get(language)
  if (found === undefined) {
    found = make()
    made.set(language, found)
  }
  return found
}

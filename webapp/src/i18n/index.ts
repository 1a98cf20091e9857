/**
 * The app's words in the person's language.
 *
 * `t("door.welcome")` is reactive: where it is called inside JSX, the sentence changes with the language, without a reload. Words come one area at a
 * time; a screen that is loaded lazily names the areas it needs with `withWords`, so that it never shows without them.
 *
 *     const Settings = lazy(withWords(["settings"], () => import("./screens/settings")));
 */
import { createSignal, type JSX } from 'solid-js'
import {
  FALLBACK,
  bestOf,
  chosenLanguage,
  directionOf,
  firstLanguage,
  keepLanguage,
  localeOf,
  type Language,
} from './languages'
import { loadPack, type Area, type Key, type Pack } from './packs'
import { chooseForm, cut, fill, type Values } from './sentence'

export { LANGUAGES, chosenLanguage, directionOf, type Language } from './languages'
export type { Area, Key } from './packs'
export type { Values } from './sentence'

interface Spoken {
  language: Language
  packs: Readonly<Partial<Record<Area, Pack>>>
}

const [spoken, setSpoken] = createSignal<Spoken>({ language: FALLBACK, packs: {} })
let switches = 0

/** The language that is spoken now. Reactive. */
export function language(): Language {
  return spoken().language
}

/** The locale that dates, times and numbers are written in. Reactive. */
export function locale(): string {
  return localeOf(language())
}

/** The direction of the language that is spoken now. Reactive. */
export function direction(): 'ltr' | 'rtl' {
  return directionOf(language())
}

/** The sentence with this key. Empty for as long as its area is not loaded. Reactive. */
export function t(key: Key, values: Values = {}): string {
  const now = spoken()
  return fill(formOf(now, key, values), now.language, values)
}

/** The sentence in pieces, with elements in the place of placeholders: for links, names in bold, keys on a keyboard. Reactive. */
export function pieces(key: Key, elements: Readonly<Record<string, JSX.Element>>, values: Values = {}): JSX.Element[] {
  const now = spoken()
  return cut(formOf(now, key, values)).map((piece, at) => {
    if (at % 2 === 0) return piece
    return elements[piece] ?? fill(`{${piece}}`, now.language, values)
  })
}

/** Begins with the person's language and the areas the first screen needs. Falls back to English when the language cannot be had. */
export async function startWords(areas: readonly Area[]): Promise<void> {
  const first = firstLanguage()
  await switchTo(first, areas).catch((cause: unknown) => {
    if (first === FALLBACK) throw cause
    return switchTo(FALLBACK, areas)
  })
}

/** Loads more areas in the language that is spoken, once each. */
export async function needWords(areas: readonly Area[]): Promise<void> {
  const { language: wanted, packs } = spoken()
  const missing = areas.filter(area => !packs[area])
  if (missing.length === 0) return
  const loaded = await loadAll(wanted, missing)
  if (language() !== wanted) return needWords(areas)
  setSpoken(now => ({ ...now, packs: { ...now.packs, ...loaded } }))
}

/** A loader for Solid's `lazy` that brings a screen together with its words. */
export function withWords<T>(areas: readonly Area[], load: () => Promise<T>): () => Promise<T> {
  return async () => {
    const [loaded] = await Promise.all([load(), needWords(areas)])
    return loaded
  }
}

/** Speaks another language from now on and on the next visit; null goes back to what the browser says. */
export async function chooseLanguage(chosen: Language | null): Promise<void> {
  await switchTo(chosen ?? bestOf(navigator.languages), Object.keys(spoken().packs) as Area[])
  keepLanguage(chosen)
}

/** Whether the person chose a language here, rather than leaving it to the browser. */
export function languageIsChosen(): boolean {
  return chosenLanguage() !== null
}

async function switchTo(next: Language, areas: readonly Area[]): Promise<void> {
  const mine = ++switches
  const packs = await loadAll(next, areas)
  if (mine !== switches) return // somebody chose again meanwhile
  setSpoken(now => ({ language: next, packs: now.language === next ? { ...now.packs, ...packs } : packs }))
  document.documentElement.lang = next
  document.documentElement.dir = directionOf(next)
}

async function loadAll(from: Language, areas: readonly Area[]): Promise<Partial<Record<Area, Pack>>> {
  const loaded = await Promise.all(areas.map(async area => [area, await loadPack(from, area)] as const))
  return Object.fromEntries(loaded)
}

function formOf(now: Spoken, key: Key, values: Values): string {
  const dot = key.indexOf('.')
  const pack = now.packs[key.slice(0, dot) as Area]
  const entry = pack?.[key.slice(dot + 1)]
  if (entry !== undefined) return chooseForm(entry, now.language, values)
  return pack ? key : ''
}

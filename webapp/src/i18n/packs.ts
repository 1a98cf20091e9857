/**
 * The words, loaded when they are needed: one small file for each area of the app and each language.
 *
 * A pack is flat: a key leads to a sentence, or to a sentence for each plural form that `Intl.PluralRules` knows for the language. The English
 * packs are the list of keys: TypeScript takes their types from them, and a test refuses a language that lacks one.
 */
import type admin from '../languages/en/admin.json'
import type chat from '../languages/en/chat.json'
import type common from '../languages/en/common.json'
import type door from '../languages/en/door.json'
import type media from '../languages/en/media.json'
import type settings from '../languages/en/settings.json'
import type { Language } from './languages'

interface Packs {
  admin: typeof admin
  chat: typeof chat
  common: typeof common
  door: typeof door
  media: typeof media
  settings: typeof settings
}

/** A part of the app whose words come together. */
export type Area = keyof Packs

/** The name of a sentence: its area, a dot, its key in the pack. */
export type Key = { [A in Area]: `${A}.${keyof Packs[A] & string}` }[Area]

/** A sentence, or one for each plural form ("one", "few", "other" …). */
export type Entry = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>

/** One area's words in one language. */
export type Pack = Readonly<Record<string, Entry>>

const files = import.meta.glob<Pack>('../languages/*/*.json', { import: 'default' })

/** Fetches one area's words in one language. Rejects when the network does. */
export async function loadPack(language: Language, area: Area): Promise<Pack> {
  const load = files[`../languages/${language}/${area}.json`]
  if (!load) throw new Error(`there are no words for ${area} in ${language}`)
  return load()
}

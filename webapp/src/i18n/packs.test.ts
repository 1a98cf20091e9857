/** The packs themselves: every language says everything that English says, with the same values in it. */
import { describe, expect, it } from 'vitest'
import names from '../languages/names.json'
import type { Entry, Pack } from './packs'
import { placeholders } from './sentence'

const files = import.meta.glob<Pack>('../languages/*/*.json', { import: 'default', eager: true })
const english = Object.keys(files).filter(path => path.includes('/en/'))

function packOf(language: string, englishPath: string): Pack {
  const found = files[englishPath.replace('/en/', `/${language}/`)]
  if (!found) throw new Error(`${language} has no ${englishPath}`)
  return found
}

function sorted(items: Iterable<string>): string[] {
  return [...items].sort()
}

function formsOf(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry)
}

describe.each(Object.keys(names))('the packs of %s', language => {
  describe.each(english)('%s', path => {
    const original = packOf('en', path)
    const pack = packOf(language, path)

    it('has exactly the keys of English', () => {
      expect(sorted(Object.keys(pack))).toEqual(sorted(Object.keys(original)))
    })

    it('says something under every key', () => {
      const empty = Object.keys(pack).filter(key => formsOf(pack[key] ?? '').some(form => form.trim() === ''))
      expect(empty).toEqual([])
    })

    it('puts in the same values', () => {
      const valuesOf = (from: Pack) =>
        Object.fromEntries(Object.entries(from).map(([key, entry]) => [key, sorted(placeholders(entry))]))
      expect(valuesOf(pack)).toEqual(valuesOf(original))
    })

    it('has every plural form the language needs, and no other', () => {
      const needed = sorted(new Intl.PluralRules(language).resolvedOptions().pluralCategories)
      for (const [key, entry] of Object.entries(pack)) {
        if (typeof entry !== 'string') expect(sorted(Object.keys(entry)), key).toEqual(needed)
      }
    })
  })
})

it('every folder of packs has a name', () => {
  const folders = new Set(Object.keys(files).map(path => path.split('/').at(-2) ?? ''))
  expect(sorted(folders)).toEqual(sorted(Object.keys(names)))
})

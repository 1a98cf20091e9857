// The web client's own words, so that a scenario asks for what the screen says in whichever language it is in.
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../../webapp/src/languages/', import.meta.url)

/** Looks up words by area and key: `words('id')('common.back')`. Parameters become anything. */
export function words(language) {
  const folder = new URL(`${language}/`, FOLDER)
  const areas = Object.fromEntries(readdirSync(folder).map((name) => [
    name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
  ]))
  return (key, parameters = {}) => {
    const dot = key.indexOf('.')
    const sentence = areas[key.slice(0, dot)]?.[key.slice(dot + 1)]
    if (sentence === undefined) throw new Error(`no words for ${key} in ${language}`)
    return typeof sentence === 'string' ? filled(sentence, parameters) : counted(sentence, parameters, language)
  }
}

function filled(sentence, parameters) {
  const text = Object.entries(parameters).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), sentence)
  return text.includes('{') ? pattern(text) : text
}

// The form for this count; any of them, when no count is given.
function counted(forms, parameters, language) {
  if (parameters.count === undefined) {
    return new RegExp(Object.values(forms).map((form) => pattern(form).source).join('|'))
  }
  return filled(forms[new Intl.PluralRules(language).select(parameters.count)] ?? forms.other, parameters)
}

// A sentence with parameters that were not given.
function pattern(sentence) {
  const parts = sentence.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

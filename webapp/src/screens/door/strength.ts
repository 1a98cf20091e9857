/**
 * How hard a password is to guess, roughly, and one piece of advice. For people, not for enforcement: only what anybody would try first is refused.
 *
 * The estimate counts what a guesser has to try: characters, less for repetitions, runs such as "1234" or "qwerty", words that everybody
 * uses, and what is known about the person (name, number).
 */
import { t, type Key } from '../../i18n'

/** What to say about a password. `level` 0 is refused, 1 weak, 2 fair, 3 strong. */
export interface Strength {
  level: 0 | 1 | 2 | 3
  advice: Key
}

/** The shortest password taken here, in characters. */
export const PASSWORD_MIN_CHARS = 8

const FAIR_BITS = 40
const STRONG_BITS = 60
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qwertzuiop',
]
/** What people choose first, in the languages there are packs for; compared without digits at the end and with leet spelling undone. */
const COMMON = new Set(
  (
    'password passwort passw0rd pass admin administrator login welcome letmein secret qwerty qwertyuiop iloveyou monkey dragon football baseball ' +
    'sunshine princess master shadow superman batman trustno hello freedom whatever charlie donald telegram whatsapp kentong kentongan abc test ' +
    'sayang rahasia katasandi sandi kata indonesia jakarta bismillah alhamdulillah cinta akucintakamu sayangku bandung surabaya garuda persib ' +
    'merdeka anjing kucing doraemon naruto ganteng cantik selamat selamatpagi malaikat'
  ).split(' '),
)

/** Judges a password of somebody of whom `known` is public (name, number). */
export function strengthOf(password: string, known: readonly string[]): Strength {
  if ([...password].length < PASSWORD_MIN_CHARS) return { level: 0, advice: 'door.strength.short' }
  if (isCommon(password)) return { level: 0, advice: 'door.strength.common' }
  if (holdsKnown(password, known)) return { level: 1, advice: 'door.strength.known' }
  const bits = bitsOf(password)
  if (bits < FAIR_BITS) return { level: 1, advice: 'door.strength.weak' }
  if (bits < STRONG_BITS) return { level: 2, advice: 'door.strength.fair' }
  return { level: 3, advice: 'door.strength.strong' }
}

/** The advice as a sentence. Reactive to the language. */
export function adviceOf(strength: Strength): string {
  return t(strength.advice, { count: PASSWORD_MIN_CHARS })
}

/** Bits of surprise: each character counts by its alphabet, less where it follows from the one before. */
function bitsOf(password: string): number {
  const perCharacter = Math.log2(alphabetOf(password))
  const lower = password.toLowerCase()
  let bits = 0
  for (let at = 0; at < lower.length; at++) bits += follows(lower, at) ? 1 : perCharacter
  return bits
}

function alphabetOf(password: string): number {
  const classes: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[ -/:-@[-`{-~]/, 20],
    [/[^ -~]/, 60],
  ]
  return classes.reduce((sum, [pattern, size]) => sum + (pattern.test(password) ? size : 0), 0)
}

/** Whether a character repeats or continues a run, up or down. */
function follows(lower: string, at: number): boolean {
  if (at === 0) return false
  const pair = lower.slice(at - 1, at + 1)
  const back = lower.charAt(at) + lower.charAt(at - 1)
  if (pair === back) return true
  if (RUNS.some(run => run.includes(pair) || run.includes(back))) return true
  return at >= 3 && lower.slice(0, at - 1).includes(pair)
}

function isCommon(password: string): boolean {
  const plain = password
    .toLowerCase()
    .replace(/[\d\W_]+$/, '')
    .replace(/[@4]/g, 'a')
    .replace(/0/g, 'o')
    .replace(/3/g, 'e')
    .replace(/[1!]/g, 'i')
    .replace(/[$5]/g, 's')
  return plain === '' ? bitsOf(password) < FAIR_BITS : COMMON.has(plain)
}

function holdsKnown(password: string, known: readonly string[]): boolean {
  const lower = password.toLowerCase()
  const words = known.flatMap(value => value.toLowerCase().split(/\s+/)).filter(word => word.length >= 4)
  return words.some(word => lower.includes(word) && lower.length < word.length + PASSWORD_MIN_CHARS)
}

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aeiou'
const GROUPS = 4
const SYLLABLES_PER_GROUP = 2

/** A password that can be said and typed: four groups of two syllables and two digits, 57 bits of chance. */
export function suggestPassword(): string {
  const groups = Array.from({ length: GROUPS }, () =>
    Array.from({ length: SYLLABLES_PER_GROUP }, () => anyOf(CONSONANTS) + anyOf(VOWELS)).join(''),
  )
  return `${groups.join('-')}-${String(below(100)).padStart(2, '0')}`
}

function anyOf(letters: string): string {
  return letters.charAt(below(letters.length))
}

/** A number below `bound` (at most 256), each with the same chance. */
function below(bound: number): number {
  const limit = 256 - (256 % bound)
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint8Array(1))
    if (drawn < limit) return drawn % bound
  }
}

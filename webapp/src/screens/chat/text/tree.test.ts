import { expect, it } from 'vitest'
import type { Entity } from '../../../core/types'
import { insideAddress, misleads, safeAddress } from './links'
import { emojiCount } from './emojiOnly'
import { type Piece, treeOf } from './tree'

const letters = (pieces: Piece[]): string => pieces.map(p => (typeof p === 'string' ? p : letters(p.children))).join('')
const shape = (pieces: Piece[]): string =>
  pieces.map(p => (typeof p === 'string' ? p : `<${p.entity.kind} ${shape(p.children)}>`)).join('')

it('nests what lies inside and splits what crosses', () => {
  const entities: Entity[] = [
    { kind: 'bold', offset: 0, length: 5 },
    { kind: 'italic', offset: 3, length: 5 },
  ]
  expect(shape(treeOf({ text: 'abcdefghij', entities }))).toBe('<bold abc<italic de>><italic fgh>ij')
})

it('never loses or doubles a letter, whatever the entities say', () => {
  const text = 'The quick brown 🦊 jumps'
  const odd: Entity[][] = [
    [{ kind: 'bold', offset: -5, length: 100 }],
    [{ kind: 'bold', offset: 50, length: 3 }],
    [{ kind: 'code', offset: 2, length: -3 }],
    [{ kind: 'bold', offset: Number.NaN, length: 4 }],
    Array.from({ length: 60 }, (_, i) => ({
      kind: (['bold', 'italic', 'strike', 'code'] as const)[i % 4] ?? 'bold',
      offset: (i * 7) % 20,
      length: (i * 5) % 13,
    })),
  ]
  for (const entities of odd) expect(letters(treeOf({ text, entities }))).toBe(text)
})

it('follows only safe addresses', () => {
  for (const bad of [
    'javascript:alert(1)',
    ' jAvAsCrIpT:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'https://user:pw@bank.example/',
    'blob:https://x/1',
    'tg://resolve?domain=x',
  ]) {
    expect(safeAddress(bad), bad).toBeUndefined()
  }
  expect(safeAddress('example.org/a?b')).toBe('https://example.org/a?b')
  expect(safeAddress('example.org:8443/a')).toBe('https://example.org:8443/a')
  expect(safeAddress('mailto:a@example.org')).toBe('mailto:a@example.org')
})

it('knows its own addresses', () => {
  const base = 'https://chat.example.org'
  expect(insideAddress('https://chat.example.org/anilina', base)).toBe('/u/anilina')
  expect(insideAddress('https://chat.example.org/invite/123456789012', base)).toBe('/invite/123456789012')
  expect(insideAddress('https://chat.example.org/connect', base)).toBeUndefined()
  expect(insideAddress('https://evil.example/anilina', base)).toBeUndefined()
})

it('notices links that say one thing and lead to another', () => {
  expect(misleads('https://bank.example', 'https://evil.example/')).toBe(true)
  expect(misleads('click here', 'https://evil.example/')).toBe(true)
  expect(misleads('example.org/x', 'https://example.org/x')).toBe(false)
})

it('counts emoji', () => {
  expect(emojiCount('😀')).toBe(1)
  expect(emojiCount(' 👩‍👩‍👧 🇮🇩 3️⃣ ')).toBe(3)
  expect(emojiCount('12')).toBe(0)
  expect(emojiCount('hi 😀')).toBe(0)
  expect(emojiCount('😀'.repeat(7))).toBe(0)
})

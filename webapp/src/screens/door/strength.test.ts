import { expect, it } from 'vitest'
import { strengthOf, suggestPassword } from './strength'

function level(password: string, known: string[] = []): number {
  return strengthOf(password, known).level
}

it('refuses what anybody would try first', () => {
  for (const password of [
    '',
    'short',
    'password',
    'P@ssw0rd',
    'password123',
    'sayang123',
    '12345678',
    'bismillah1!',
    '11111111',
  ]) {
    expect(level(password), password).toBe(0)
  }
})

it('calls runs, repetitions and the own name weak', () => {
  expect(level('abcdefgh')).toBe(1)
  expect(level('qwertyuiopasdf')).toBe(1)
  expect(level('xyxyxyxyxyxy')).toBe(1)
  expect(level('Nurhayati77', ['Siti Nurhayati'])).toBe(1)
})

it('likes length', () => {
  expect(level('kucing makan ikan di pasar')).toBe(3)
  expect(level('tr7Kq9wz')).toBe(2)
})

it('suggests what it would take itself', () => {
  const suggestions = Array.from({ length: 50 }, suggestPassword)
  for (const password of suggestions) {
    expect(password).toMatch(/^([bdfghjklmnprstvz][aeiou]){2}(-([bdfghjklmnprstvz][aeiou]){2}){3}-\d\d$/)
    expect(level(password), password).toBe(3)
  }
  expect(new Set(suggestions).size).toBe(50)
})

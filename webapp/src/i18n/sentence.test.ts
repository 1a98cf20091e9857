import { expect, it } from 'vitest'
import { chooseForm, cut, fill, placeholders } from './sentence'

it('chooses the form for the count', () => {
  const entry = { one: '{count} message', other: '{count} messages' }
  expect(chooseForm(entry, 'en', { count: 1 })).toBe('{count} message')
  expect(chooseForm(entry, 'en', { count: 0 })).toBe('{count} messages')
  expect(chooseForm({ other: '{count} pesan' }, 'id', { count: 1 })).toBe('{count} pesan')
})

it('writes numbers as the language does and leaves a placeholder without value in sight', () => {
  expect(fill('{n} of {all}', 'en', { n: 12345 })).toBe('12,345 of {all}')
  expect(fill('{n}', 'id', { n: 12345 })).toBe('12.345')
})

it('takes markup for text', () => {
  expect(fill('hello {name}', 'en', { name: '<b>{n}</b>' })).toBe('hello <b>{n}</b>')
})

it('cuts a sentence at its placeholders', () => {
  expect(cut('read {link} first')).toEqual(['read ', 'link', ' first'])
  expect([...placeholders({ one: '{a}', other: '{a} {b}' })]).toEqual(['a', 'b'])
})

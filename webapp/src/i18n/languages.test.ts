import { expect, it } from 'vitest'
import { bestOf, directionOf, localeOf } from './languages'

it('finds the best of the wanted languages', () => {
  expect(bestOf(['fr', 'id-ID', 'en'])).toBe('id')
  expect(bestOf(['in'])).toBe('id')
  expect(bestOf(['tlh'])).toBe('en')
})

it('knows which languages run from right to left', () => {
  expect(directionOf('ar-EG')).toBe('rtl')
  expect(directionOf('id')).toBe('ltr')
})

it('writes dates as the browser does where it speaks the language', () => {
  expect(localeOf('en', ['id-ID', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(localeOf('id', ['en-GB'])).toBe('id')
})

import { expect, it } from 'vitest'
import { bestOf, directionOf } from './languages'

it('finds the best of the wanted languages', () => {
  expect(bestOf(['fr', 'id-ID', 'en'])).toBe('id')
  expect(bestOf(['in'])).toBe('id')
  expect(bestOf(['tlh'])).toBe('en')
})

it('knows which languages run from right to left', () => {
  expect(directionOf('ar-EG')).toBe('rtl')
  expect(directionOf('id')).toBe('ltr')
})

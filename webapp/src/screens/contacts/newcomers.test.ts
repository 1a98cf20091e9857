import { expect, it } from 'vitest'
import { newcomers } from './newcomers'

it('tells who is new in the list, and of nobody who was there when it was first seen', () => {
  expect(newcomers(['budi', 'ani'], undefined)).toEqual([])
  expect(newcomers(['citra', 'budi', 'ani'], ['budi', 'ani'])).toEqual(['citra'])
  expect(newcomers(['ani', 'budi'], ['budi', 'ani'])).toEqual([])
  expect(newcomers(['ani'], [])).toEqual(['ani'])
})

import { expect, it } from 'vitest'
import { around, atEnd, DRAWN, downwards, spanOf, STEP, upwards } from './range'

const keys = Array.from({ length: 600 }, (_, at) => `k${at}`)
const size = (keys: readonly string[], range: Parameters<typeof spanOf>[1]) => {
  const { start, end } = spanOf(keys, range)
  return end - start
}

it('begins at the end and never draws more than its bound', () => {
  let range = atEnd(keys)
  expect(spanOf(keys, range)).toEqual({ start: 550, end: 600 })
  for (let step = 0; step < 20; step += 1) {
    range = upwards(keys, spanOf(keys, range))
    expect(size(keys, range)).toBeLessThanOrEqual(DRAWN)
  }
  expect(spanOf(keys, range).start).toBe(0)
  for (let step = 0; step < 20; step += 1) range = downwards(keys, spanOf(keys, range))
  expect(spanOf(keys, range)).toEqual({ start: 600 - DRAWN, end: 600 })
})

it('moves by steps that overlap, so that what is in view stays drawn', () => {
  const before = spanOf(keys, around(keys, 'k300'))
  const after = spanOf(keys, upwards(keys, before))
  expect(before.start - after.start).toBe(STEP)
  expect(after.end).toBeGreaterThan(before.start + STEP)
})

it('follows new rows at the end, and stands still above it', () => {
  const more = [...keys, 'new']
  expect(spanOf(more, atEnd(keys)).end).toBe(601)
  expect(spanOf(more, around(keys, 'k300'))).toEqual(spanOf(keys, around(keys, 'k300')))
})

it('survives rows that go', () => {
  const range = around(keys, 'k300')
  const without = keys.filter(key => key !== range.first && key !== range.last)
  expect(size(without, range)).toBeLessThanOrEqual(DRAWN)
  expect(spanOf([], range)).toEqual({ start: 0, end: 0 })
})

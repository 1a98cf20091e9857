import { expect, it } from 'vitest'
import { byteSize, clock, daysBetween, duration, phoneNumber } from './format'

it('groups numbers behind their country code', () => {
  expect(phoneNumber('888123456789')).toBe('+888 123 456 789')
  expect(phoneNumber('+628123456789')).toBe('+62 812 345 6789')
  expect(phoneNumber('15551234567')).toBe('+1 555 123 4567')
  expect(phoneNumber('15550001')).toBe('+1 555 0001')
})

it('rounds waits up, never down', () => {
  expect(duration(0.2)).toBe('1 second')
  expect(duration(61)).toBe('2 minutes')
  expect(duration(3601)).toBe('2 hours')
})

it('runs like a clock', () => {
  expect([clock(5), clock(750), clock(3723)]).toEqual(['0:05', '12:30', '1:02:03'])
})

it('counts midnights, not hours', () => {
  const late = new Date(2024, 4, 3, 23, 59).getTime()
  const early = new Date(2024, 4, 4, 0, 1).getTime()
  expect(daysBetween(late, early)).toBe(1)
  expect(daysBetween(early, late)).toBe(-1)
})

it('says sizes shortly', () => {
  expect(byteSize(0)).toBe('0B')
  expect(byteSize(1_400_000)).toBe('1.4 MB')
})

import { expect, it } from 'vitest'
import type { Message } from '../../core/types'
import { albumOf, heads, together } from './rows'

const message = (id: number, more: Partial<Message> = {}): Message => ({
  key: `k${id}`,
  id,
  chat: 'u1',
  from: 'u1',
  out: false,
  at: 1_700_000_000 + id,
  text: 't',
  entities: [],
  state: 'sent',
  pinned: false,
  silent: false,
  mentioned: false,
  contentUnread: false,
  ...more,
})

it('gives an album one row and leaves its neighbours theirs', () => {
  const all = [
    message(1),
    message(2, { album: 'a' }),
    message(3, { album: 'a' }),
    message(4, { album: 'b' }),
    message(5),
  ]
  expect(heads(all).map(m => m.id)).toEqual([1, 2, 4, 5])
  expect(albumOf(all, all[1] as Message).map(m => m.id)).toEqual([2, 3])
  expect(albumOf(all, all[4] as Message).map(m => m.id)).toEqual([5])
  expect(albumOf(all.slice(0, 3), all[1] as Message).map(m => m.id)).toEqual([2, 3])
})

it('parts what was said by others, much later, on another day, or by the service', () => {
  const first = message(1)
  expect(together(first, message(2))).toBe(true)
  expect(together(first, message(2, { from: 'u2' }))).toBe(false)
  expect(together(first, message(2, { at: first.at + 301 }))).toBe(false)
  expect(together(first, message(2, { event: { kind: 'joined' } }))).toBe(false)
  const late = new Date(2024, 4, 3, 23, 59).getTime() / 1000
  expect(together(message(1, { at: late }), message(2, { at: late + 120 }))).toBe(false)
})

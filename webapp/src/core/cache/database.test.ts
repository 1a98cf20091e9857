import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it } from 'vitest'
import { compare, type Database, MemoryDatabase, openDatabase } from './database'

const kinds: [string, () => Promise<Database>][] = [
  ['IndexedDB', openDatabase],
  ['memory', async () => new MemoryDatabase()],
]

describe.each(kinds)('a database on %s', (_, open) => {
  let database: Database
  afterEach(async () => {
    await database.wipe()
    database.close()
  })

  it('gives back what was put, by paths of keys and by given keys', async () => {
    database = await open()
    await database.commit([
      { store: 'people', put: { person: { id: 'u5' }, accessHash: '7' } },
      { store: 'facts', put: 'u5', key: 'me' },
    ])
    expect(await database.get('people', 'u5')).toEqual({ person: { id: 'u5' }, accessHash: '7' })
    expect(await database.get('facts', 'me')).toBe('u5')
    expect(await database.get('facts', 'you')).toBeUndefined()
  })

  it('lists a stretch of one chat, from either end', async () => {
    database = await open()
    const row = [1, 2, 3, 4].map(id => ({ store: 'messages' as const, put: { chat: 'u1', id } }))
    await database.commit([...row, { store: 'messages', put: { chat: 'u2', id: 3 } }])
    const ids = (found: { id: number }[]) => found.map(one => one.id)
    const range = { from: ['u1', 2], to: ['u1', 9] }
    expect(ids(await database.list('messages', range))).toEqual([2, 3, 4])
    expect(ids(await database.list('messages', range, 2, true))).toEqual([4, 3])
    expect(ids(await database.messagesById(3))).toEqual([3, 3])
  })

  it('removes one, a range, or all', async () => {
    database = await open()
    const row = [1, 2, 3, 4].map(id => ({ store: 'messages' as const, put: { chat: 'u1', id } }))
    await database.commit(row)
    await database.commit([{ store: 'messages', remove: ['u1', 4] }])
    await database.commit([{ store: 'messages', remove: { from: ['u1', 0], to: ['u1', 2] } }])
    expect(await database.list('messages')).toEqual([{ chat: 'u1', id: 3 }])
    await database.commit([{ store: 'messages', clear: true }])
    expect(await database.list('messages')).toEqual([])
  })

  it('keeps copies, not the things themselves', async () => {
    database = await open()
    const value = { list: [1] }
    await database.commit([{ store: 'facts', put: value, key: 'x' }])
    value.list.push(2)
    expect(await database.get('facts', 'x')).toEqual({ list: [1] })
  })
})

it('compares keys as IndexedDB does', () => {
  expect(compare(['u1', 2], ['u1', 10])).toBeLessThan(0)
  expect(compare(['u1', 2], ['u10', 1])).toBeLessThan(0)
  expect(compare(5, 'a')).toBeLessThan(0)
  expect(compare(['a'], 'a')).toBeGreaterThan(0)
})

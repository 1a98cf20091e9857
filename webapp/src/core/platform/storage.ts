// What mtcute keeps: keys and small facts, in this device's database. Keys are written at once, as it asks; a sign-in in one tab
// writes the key again, so that of two tabs that made keys at the same time the one that is somebody wins.

import type { IMtStorageProvider } from '@mtcute/core'
import type { Database } from '../cache/database'

type TemporaryKey = { key: Uint8Array; expires: number }

export class BrowserStorage {
  readonly driver = {}
  /** The permanent keys of this tab. */
  private readonly held = new Map<number, Uint8Array>()
  /** Whoever was here left: nothing of theirs is written any more. */
  private isOver = false

  constructor(private readonly database: Database) {}

  readonly kv: IMtStorageProvider['kv'] = {
    get: async key => (await this.database.get<Uint8Array>('facts', `mt:${key}`)) ?? null,
    set: async (key, value) => {
      if (this.isOver) return
      await this.database.commit([{ store: 'facts', put: new Uint8Array(value), key: `mt:${key}` }])
    },
    delete: key => this.database.commit([{ store: 'facts', remove: `mt:${key}` }]),
    deleteAll: () => this.database.commit([{ store: 'facts', remove: { from: 'mt:', to: 'mt:\uffff' } }]),
  }

  readonly authKeys: IMtStorageProvider['authKeys'] = {
    get: async dc => {
      const key = await this.database.get<Uint8Array>('keys', `dc:${dc}`)
      if (key) this.held.set(dc, key)
      return key ?? null
    },
    set: (dc, key) => {
      if (!key) {
        this.held.delete(dc)
        return this.database.commit([{ store: 'keys', remove: `dc:${dc}` }])
      }
      if (this.isOver) return
      this.held.set(dc, new Uint8Array(key))
      return this.database.commit([{ store: 'keys', put: new Uint8Array(key), key: `dc:${dc}` }])
    },
    getTemp: async (dc, index, now) => {
      const kept = await this.database.get<TemporaryKey>('keys', `temporary:${dc}:${index}`)
      return kept && now < kept.expires ? kept.key : null
    },
    setTemp: (dc, index, key, expires) => {
      const name = `temporary:${dc}:${index}`
      if (!key) return this.database.commit([{ store: 'keys', remove: name }])
      if (this.isOver) return
      return this.database.commit([{ store: 'keys', put: { key: new Uint8Array(key), expires }, key: name }])
    },
    deleteByDc: dc =>
      this.database.commit([
        { store: 'keys', remove: `dc:${dc}` },
        { store: 'keys', remove: { from: `temporary:${dc}:`, to: `temporary:${dc}:\uffff` } },
      ]),
    deleteAll: () => this.database.commit([{ store: 'keys', clear: true }]),
  }

  /** Takes every key away, for good: what is loaded goes on with them until the page is loaded anew, and writes none again. */
  async forgetKeys(): Promise<void> {
    this.isOver = true
    this.held.clear()
    await this.database.commit([
      { store: 'keys', clear: true },
      { store: 'facts', remove: { from: 'mt:', to: 'mt:\uffff' } },
    ])
  }

  /** Writes this tab's keys again: they are somebody's now. */
  async holdKeys(): Promise<void> {
    await this.database.commit(
      [...this.held].map(([dc, key]) => ({ store: 'keys' as const, put: key, key: `dc:${dc}` })),
    )
  }
}

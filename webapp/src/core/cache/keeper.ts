// Writes behind: what the model changes is collected for a moment and goes to disk in one batch, together with the place in the
// log that it belongs to. So what is on disk is never behind the place it claims, and reading an event twice changes nothing.

import { unwrap } from 'solid-js/store'
import { KEEP_DELAY_MS } from '../limits'
import type { Change, Database, Key, StoreName } from './database'

export class Keeper {
  private readonly pending = new Map<string, Change>()
  private timer?: ReturnType<typeof setTimeout>
  private running: Promise<void> = Promise.resolve()

  constructor(readonly database: Database) {}

  /** `id` tells values of one store apart: the last one of an id wins. */
  put(store: StoreName, id: Key, value: unknown, key?: Key): void {
    this.add(store, id, { store, put: unwrap(value as object), key })
  }

  remove(store: StoreName, id: Key): void {
    this.add(store, id, { store, remove: id })
  }

  /** Everything collected so far, on disk. Failures are said and not thrown: the cache is a convenience. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    if (!this.pending.size) return this.running
    const batch = [...this.pending.values()]
    this.pending.clear()
    // Not one after the other: the database keeps the order itself, and a page that is closed next moment has begun its writes.
    const writing = this.database.commit(batch).catch(error => console.warn('the cache was not written', error))
    this.running = Promise.all([this.running, writing]).then(() => undefined)
    return this.running
  }

  /** Forgets what was not written yet. */
  forget(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.pending.clear()
  }

  private add(store: StoreName, id: Key, change: Change): void {
    this.pending.set(`${store} ${JSON.stringify(id)}`, change)
    this.timer ??= setTimeout(() => void this.flush(), KEEP_DELAY_MS)
  }
}

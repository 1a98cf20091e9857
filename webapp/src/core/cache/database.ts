// IndexedDB in a handful of verbs. Everything this device keeps is in one database; where a browser gives none (some private
// windows), the same verbs work on memory, and `persistent` tells.

/** Stores and the path of their keys; undefined: keys are given with each value. */
const STORES = {
  /** Small facts, by name. */
  facts: undefined,
  /** Keys of the protocol, by data centre. */
  keys: undefined,
  people: 'person.id',
  chats: 'id',
  /** By chat and number, so that a stretch of history is one range. */
  messages: ['chat', 'id'],
  /** How much of each chat's end is in `messages`, without holes. */
  stretches: 'chat',
  /** What waits to be sent, in order. */
  outbox: 'order',
  /** Bytes of media. */
  files: 'key',
} as const

const NAME = 'kentong'
const VERSION = 1

export type StoreName = keyof typeof STORES
export type Key = string | number | (string | number)[]

/** A stretch of keys. An absent end is open. */
export interface Range {
  from?: Key
  to?: Key
}

/** One change of a batch. */
export type Change =
  | { store: StoreName; put: unknown; key?: Key }
  | { store: StoreName; remove: Key | Range }
  | { store: StoreName; clear: true }

export interface Database {
  readonly persistent: boolean
  get<T>(store: StoreName, key: Key): Promise<T | undefined>
  /** In the order of their keys; `backwards` from the end. */
  list<T>(store: StoreName, range?: Range, limit?: number, backwards?: boolean): Promise<T[]>
  /** Messages by number alone: private chats share one row of numbers. */
  messagesById<T>(id: number): Promise<T[]>
  /** All of it or nothing. */
  commit(changes: Change[]): Promise<void>
  /** Empties everything. */
  wipe(): Promise<void>
  close(): void
}

/** Opens the database, or its stand-in. */
export async function openDatabase(): Promise<Database> {
  try {
    return new IndexedDatabase(await opened())
  } catch (error) {
    console.warn('this browser keeps nothing for this page', error)
    return new MemoryDatabase()
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION)
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) {
      const store = request.result.createObjectStore(
        name,
        keyPath ? { keyPath: keyPath as string | string[] } : undefined,
      )
      if (name === 'messages') store.createIndex('id', 'id')
      if (name === 'files') store.createIndex('usedAt', 'usedAt')
    }
  }
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      // A newer build in another tab changes the shape: let it, this tab reloads soon anyway.
      request.result.onversionchange = () => request.result.close()
      resolve(request.result)
    }
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('another tab holds an older shape of the database'))
  })
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function keyRange(range: Range): IDBKeyRange | null {
  if (range.from !== undefined && range.to !== undefined) return IDBKeyRange.bound(range.from, range.to)
  if (range.from !== undefined) return IDBKeyRange.lowerBound(range.from)
  if (range.to !== undefined) return IDBKeyRange.upperBound(range.to)
  return null
}

class IndexedDatabase implements Database {
  readonly persistent = true
  constructor(private readonly database: IDBDatabase) {}

  get<T>(store: StoreName, key: Key): Promise<T | undefined> {
    return answered(this.read(store).get(key)) as Promise<T | undefined>
  }

  list<T>(store: StoreName, range: Range = {}, limit?: number, backwards = false): Promise<T[]> {
    const from = this.read(store)
    if (!backwards) return answered(from.getAll(keyRange(range), limit)) as Promise<T[]>
    return new Promise((resolve, reject) => {
      const found: T[] = []
      const request = from.openCursor(keyRange(range), 'prev')
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const cursor = request.result
        if (!cursor || (limit !== undefined && found.length >= limit)) return resolve(found)
        found.push(cursor.value as T)
        cursor.continue()
      }
    })
  }

  messagesById<T>(id: number): Promise<T[]> {
    return answered(this.read('messages').index('id').getAll(id)) as Promise<T[]>
  }

  commit(changes: Change[]): Promise<void> {
    if (!changes.length) return Promise.resolve()
    const names = [...new Set(changes.map(change => change.store))]
    const transaction = this.database.transaction(names, 'readwrite')
    for (const change of changes) apply(transaction.objectStore(change.store), change)
    // Said at once, it is done even if the page goes away before it hears of it.
    transaction.commit?.()
    return settled(transaction)
  }

  wipe(): Promise<void> {
    const transaction = this.database.transaction(Object.keys(STORES), 'readwrite')
    for (const name of Object.keys(STORES)) transaction.objectStore(name).clear()
    return settled(transaction)
  }

  close(): void {
    this.database.close()
  }

  private read(store: StoreName): IDBObjectStore {
    return this.database.transaction(store, 'readonly').objectStore(store)
  }
}

function apply(store: IDBObjectStore, change: Change): void {
  if ('put' in change) store.put(change.put, change.key)
  else if ('clear' in change) store.clear()
  else if (isRange(change.remove)) store.delete(keyRange(change.remove) ?? IDBKeyRange.lowerBound(''))
  else store.delete(change.remove)
}

function isRange(value: Key | Range): value is Range {
  return typeof value === 'object' && !Array.isArray(value)
}

function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('the batch was aborted'))
    transaction.onerror = () => reject(transaction.error)
  })
}

/** The same verbs without a disk. */
export class MemoryDatabase implements Database {
  readonly persistent = false
  private readonly stores = new Map<StoreName, Map<string, { key: Key; value: unknown }>>()

  async get<T>(store: StoreName, key: Key): Promise<T | undefined> {
    return this.store(store).get(JSON.stringify(key))?.value as T | undefined
  }

  async list<T>(store: StoreName, range: Range = {}, limit?: number, backwards = false): Promise<T[]> {
    const within = [...this.store(store).values()].filter(({ key }) => isWithin(key, range))
    within.sort((one, other) => compare(one.key, other.key) * (backwards ? -1 : 1))
    return within.slice(0, limit).map(({ value }) => value as T)
  }

  async messagesById<T>(id: number): Promise<T[]> {
    const all = await this.list<T & { id: number }>('messages')
    return all.filter(message => message.id === id)
  }

  async commit(changes: Change[]): Promise<void> {
    for (const change of changes) {
      const store = this.store(change.store)
      if ('put' in change) {
        const key = change.key ?? keyOf(change.store, change.put)
        store.set(JSON.stringify(key), { key, value: structuredClone(change.put) })
      } else if ('clear' in change) store.clear()
      else if (isRange(change.remove)) {
        for (const [name, { key }] of store) if (isWithin(key, change.remove)) store.delete(name)
      } else store.delete(JSON.stringify(change.remove))
    }
  }

  async wipe(): Promise<void> {
    this.stores.clear()
  }

  close(): void {}

  private store(name: StoreName): Map<string, { key: Key; value: unknown }> {
    let store = this.stores.get(name)
    if (!store) {
      store = new Map()
      this.stores.set(name, store)
    }
    return store
  }
}

function keyOf(store: StoreName, value: unknown): Key {
  const path = STORES[store]
  if (path === undefined) throw new Error(`values of ${store} come with a key`)
  const at = (way: string) =>
    way.split('.').reduce((inner, name) => (inner as Record<string, unknown>)[name], value) as Key
  return typeof path === 'string' ? at(path) : path.map(way => at(way) as string | number)
}

function isWithin(key: Key, { from, to }: Range): boolean {
  return (from === undefined || compare(key, from) >= 0) && (to === undefined || compare(key, to) <= 0)
}

/** The order of IndexedDB: numbers before texts before arrays, arrays by their first difference. */
export function compare(one: Key, other: Key): number {
  const rank = (key: Key) => (typeof key === 'number' ? 0 : typeof key === 'string' ? 1 : 2)
  if (rank(one) !== rank(other)) return rank(one) - rank(other)
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let at = 0; at < Math.min(one.length, other.length); at++) {
      const difference = compare(one[at] ?? 0, other[at] ?? 0)
      if (difference) return difference
    }
    return one.length - other.length
  }
  return one < other ? -1 : one > other ? 1 : 0
}
